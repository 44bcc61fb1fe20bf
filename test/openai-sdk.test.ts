import { expect, test } from 'vitest'
import { resolveEndpoint } from '../runtime/models/endpoint.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'
import { post } from '../runtime/models/sdk.ts'
import { type Asked, assistant, call, files, now, readFile, results, sent, user } from './support/asked.ts'

const asked: Asked = {
  model: 'gpt-5',
  system: ['Be brief. — Ünïcödé \u2028 and 🎬'],
  messages: [
    user('Look:', files.image, files.pdf),
    assistant({ type: 'text', text: 'I look.' }, call('call_1', 'read_file', { path: 'a' })),
    results(['call_1', 'read_file', 'three']),
  ],
  tools: [readFile, now],
  output: { name: 'city', schema: { type: 'object' }, strict: true },
  settings: { maxTokens: 99, thinkingBudget: 'low', options: { seed: 7, unheard_of: { by: ['the SDK'] } } },
}

test.for([openaiChat, openaiResponses])('what leaves through the SDK is what $id encoded', async protocol => {
  const body = sent(protocol, asked)
  const config = { provider: 'own', model: 'gpt-5', provider_opts: {} }
  const api_type = protocol === openaiChat ? 'openai_chatcompletions' : 'openai_responses'
  const custom = { own: { base_url: 'http://127.0.0.1:1/v1', token_key: 'OWN_KEY', api_type } }
  const endpoint = resolveEndpoint(config, { env: { OWN_KEY: 'own-key' }, custom })
  const left: { url: string; body: unknown; authorization: string | null }[] = []
  const catching: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    left.push({ url: request.url, body: await request.text(), authorization: request.headers.get('authorization') })
    return new Response('data: [DONE]\n\n', { headers: { 'content-type': 'text/event-stream' } })
  }
  const operation = protocol.operation('gpt-5')
  const response = await post(endpoint, { operation, body }, catching, new AbortController().signal)
  expect(await response.text()).toBe('data: [DONE]\n\n')
  expect(left).toEqual([
    { url: `http://127.0.0.1:1/v1${operation}`, body: JSON.stringify(body), authorization: 'Bearer own-key' },
  ])
})
