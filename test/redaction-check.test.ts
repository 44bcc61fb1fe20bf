import { expect, test } from 'vitest'
import { cleaned, cleanedHeader, findingsBetween } from '../runtime/cassette/care/check.ts'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import type { Interaction } from '../runtime/core/cassette.ts'
import { credentials } from './support/credentials.ts'

const redactor = redactorOf({ secrets: { OPENAI_API_KEY: 'a key of mine' }, home: '', workingDirectory: '' })

const recorded = (words: string): Interaction => ({
  id: 3,
  lane: 'root',
  agent: 'root',
  request: {
    method: 'POST',
    url: `https://example.com/v1?q=${encodeURIComponent(words)}`,
    body: { messages: [{ content: words }], [words]: 1 },
  },
  response: {
    status: 200,
    headers: { 'x-seen': words },
    said: { text: words },
    body: `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: words } }] })}\n\n`,
    error: { code: 'stream-broken', message: words, hint: words },
  },
  key: 'abc def',
})

test('each credential in a recording is found: where it stands, and of which kind, without the credential', () => {
  const [{ text = '' } = {}] = credentials(3).filter(({ kind }) => kind === 'github token')
  const before = recorded(`use ${text} and \${secret:github-token}, a key of mine`)
  const after = cleaned(before, redactor)
  const findings = findingsBetween(before, after)
  const places = [
    'request.url',
    'request.body.messages[0].content',
    'response.headers.x-seen',
    'response.said.text',
    'response.body',
    'response.error.message',
    'response.error.hint',
  ]
  for (const place of places) {
    expect(
      findings.filter(({ where }) => where === place).map(({ what }) => what),
      place,
    ).toEqual(['github-token', 'OPENAI_API_KEY'])
  }
  expect(findings).toHaveLength(2 * (places.length + 1))
  expect(JSON.stringify([findings, after])).not.toContain(text)
  expect(after.key).toBeUndefined()
  expect(findingsBetween(after, cleaned(after, redactor))).toEqual([])
})

test('a recording that is safe stays as it is', () => {
  const before = recorded('use ${secret:github-token} in ${home}, ${working-directory} and ${literal:home}')
  expect(cleaned(before, redactor)).toEqual(before)
  expect(findingsBetween(before, cleaned(before, redactor))).toEqual([])
})

test('a body that is no text hides its secrets too', () => {
  const bytes = Buffer.concat([Buffer.from([255, 0, 254]), Buffer.from('a key of mine'), Buffer.from([128])])
  const before: Interaction = {
    ...recorded('x'),
    response: { status: 200, body: bytes.toString('base64'), encoding: 'base64' },
  }
  const after = cleaned(before, redactor)
  expect(Buffer.from(`${after.response.body}`, 'base64').toString('latin1')).toBe(
    '\u00ff\u0000\u00fe${secret:OPENAI_API_KEY}\u0080',
  )
})

test('the header is looked at as well', () => {
  const header = {
    reprise: '1',
    recorded: '2026-01-01T00:00:00.000Z',
    agent: { path: 'a.yaml', digest: 'sha256:00', content: 'headers: { Authorization: Bearer abcdef0123456789 }' },
  }
  const [finding] = findingsBetween(header, cleanedHeader(header, redactor))
  expect(finding).toMatchObject({ where: 'agent.content', what: 'bearer-token' })
})
