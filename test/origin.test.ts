import { expect, test } from 'vitest'
import { originOf } from '../runtime/team/tapes/origin.ts'

test.for([
  ['https://api.openai.com/v1/responses', 'openai', '/responses', 'openai-responses'],
  ['https://api.anthropic.com/v1/messages?beta=true', 'anthropic', '/v1/messages', 'anthropic-messages'],
  [
    'https://generativelanguage.googleapis.com/v1alpha/models/g:streamGenerateContent?alt=sse',
    'google',
    '/models/g:streamGenerateContent?alt=sse',
    'gemini',
  ],
  [
    'https://generativelanguage.googleapis.com/v1/models/g:generateContent',
    'google',
    '/models/g:generateContent',
    'gemini',
  ],
  ['https://api.deepseek.com/v1/chat/completions', 'deepseek', '/chat/completions', 'openai-chat'],
  ['https://api.studio.nebius.com/v1/chat/completions', 'nebius', '/chat/completions', 'openai-chat'],
  ['http://127.0.0.1:11434/v1/chat/completions', 'ollama', '/chat/completions', 'openai-chat'],
  [
    'https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-02-01',
    'azure',
    '/deployments/d/chat/completions?api-version=2024-02-01',
    'openai-chat',
  ],
  ['https://g.example:8443/v2/chat/completions?x=1', 'g.example:8443', '/v2/chat/completions?x=1', 'openai-chat'],
] as const)('%s in a recording is %s %s', ([url, provider, operation, protocol]) => {
  expect(originOf(url)).toEqual({ provider, operation, protocol })
})

test.for(['https://api.openai.com/v1/models', 'https://api.openai.com/v1/embeddings', 'CALL tool:shell', 'nonsense'])(
  '%s in a recording is no model call',
  url => {
    expect(originOf(url)).toBeUndefined()
  },
)
