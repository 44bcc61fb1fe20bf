import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import type { Json } from '../runtime/core/json.ts'
import { type Credential, credentials } from './support/credentials.ts'

const nothing = { secrets: {}, home: '', workingDirectory: '' }
const byShape = redactorOf(nothing)

/** What is left of a secret. Each line counts: half a key is a leak. */
const leaked = (written: string, { secret }: Credential): string[] =>
  secret.split('\n').filter(part => written.includes(part))

const inUrl = (text: string): string =>
  /^https?:/.test(text) ? text : `https://example.com/a?q=${encodeURIComponent(text)}&page=2`

const places: Readonly<Record<string, (text: string) => string>> = {
  'header value': text => byShape.text(`x-forwarded: ${text}`),
  query: text => decodeURIComponent(byShape.text(inUrl(text))),
  'body, parsed': text => said(byShape.json({ messages: [{ role: 'user', content: `use ${text} now` }] })),
  'body, as text': text => said(JSON.parse(byShape.body(JSON.stringify({ output: [{ content: `it is ${text}.` }] })))),
  key: text => said(byShape.json({ seen: { [text]: 1 } })),
  'arguments of a call': text =>
    said(JSON.parse(byShape.body(JSON.stringify({ arguments: JSON.stringify({ command: `run ${text}` }) })))),
  'tool result': text => byShape.text(`total 12\n${text}\n-rw-r--r-- 1 me me 7 .env\n`),
  'standard error': text => byShape.text(`\u001b[31m${text}\u001b[0m\n    at Object.<anonymous> (/srv/a.js:1:1)`),
  'error text': text => byShape.text(`Error: cannot use "${text}" (status 401)`),
  'in base64': text => unpacked(byShape.text(`data: ${Buffer.from(`it is ${text}.`).toString('base64')}`)).join('\n'),
  'in a query of a URL in a query': text =>
    decodeURIComponent(
      decodeURIComponent(byShape.text(`https://example.com/a?next=${encodeURIComponent(inUrl(text))}`)),
    ),
  'escaped in a log': text => byShape.text(`→ root POST ${JSON.stringify(JSON.stringify({ text: `\n${text}\n` }))}`),
}

/** All strings of a JSON value, keys too, unescaped. */
const said = (value: Json): string => {
  if (typeof value !== 'object' || value === null) return `${value}`
  return Object.entries(value)
    .flatMap(([key, item]) => [key, said(item as Json)])
    .join('\n')
}

test('40 kinds of credentials and more are hidden in each place by what they look like or by what stands beside them', () => {
  expect(new Set(credentials(1).map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(40)
  const leaks = [1, 2, 3].flatMap(credentials).flatMap(credential =>
    Object.entries(places).flatMap(([place, write]) => {
      const written = write(credential.text)
      return leaked(written, credential).length > 0 || !written.includes('${secret:')
        ? [`${credential.kind}, ${place}: ${written}`]
        : []
    }),
  )
  expect(leaks).toEqual([])
})

const secrets = {
  FIRST_KEY: 'p@ss/w"rd é+1\\x',
  SECOND_KEY: 'plainletters0123',
  THIRD_KEY: '-----BEGIN X-----\nabc/def+ghi=\n-----END X-----',
}
const byValue = redactorOf({ ...nothing, secrets })
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

const forms: Readonly<Record<string, (secret: string) => string>> = {
  plain: secret => secret,
  'escaped for JSON': inJson,
  'escaped for JSON twice': secret => inJson(inJson(secret)),
  'escaped for JSON as ASCII': secret =>
    inJson(secret).replace(/[^ -~]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'with slashes escaped': secret => inJson(secret).replaceAll('/', '\\/'),
  'in a URL': encodeURIComponent,
  'in a URL, in small letters': secret => encodeURIComponent(secret).replace(/%../g, code => code.toLowerCase()),
  'in a URL twice': secret => encodeURIComponent(encodeURIComponent(secret)),
  'in a form': secret => new URLSearchParams({ a: secret }).toString().slice(2),
  'in HTML': secret => secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
  'in hexadecimal': secret => Buffer.from(secret).toString('hex'),
  'in big hexadecimal': secret => Buffer.from(secret).toString('hex').toUpperCase(),
  'in base64': secret => Buffer.from(secret).toString('base64'),
  'in base64 behind one letter': secret => Buffer.from(`a${secret}b`).toString('base64'),
  'in base64 behind two letters': secret => Buffer.from(`ab${secret}ab`).toString('base64'),
  'in base64 between bytes': secret =>
    Buffer.concat([Buffer.from([250, 1, 0]), Buffer.from(secret), Buffer.from([255])]).toString('base64'),
  'in base64 for URLs': secret => Buffer.from(`??${secret}>>`).toString('base64url'),
  'in lines of base64': secret =>
    (
      Buffer.from(`${'letters and words '.repeat(9)}${secret}, and more`)
        .toString('base64')
        .match(/.{1,76}/g) ?? []
    ).join('\n'),
}

/** What somebody who wants the secret would try on a text. */
const unpacked = (text: string): string[] => {
  const runs = [...text.matchAll(/[A-Za-z0-9+/_=\n-]{12,}/g)].map(([run]) => run.replaceAll('\n', ''))
  const base64 = runs.flatMap(run => [0, 1, 2, 3].map(from => Buffer.from(run.slice(from), 'base64').toString()))
  return [text, ...base64, ...runs.map(run => Buffer.from(run, 'hex').toString())]
}

for (const [form, write] of Object.entries(forms)) {
  test(`a known secret is hidden ${form}`, () => {
    for (const [name, secret] of Object.entries(secrets)) {
      for (const text of [`it is ${write(secret)} and no more`, write(secret), `"${write(secret)}"`]) {
        const written = byValue.text(text)
        expect(written).toContain(`\${secret:${name}}`)
        for (const opened of unpacked(written)) expect(opened).not.toContain(secret)
        expect(byValue.json({ text })).toEqual({ text: written })
      }
    }
  })
}

test('of two secrets the longer is hidden whole, of two names for one the first stands for it', () => {
  const redactor = redactorOf({ ...nothing, secrets: { B: 'abcdefgh', A: 'abcdefgh-12345678', C: 'abcdefgh' } })
  expect(redactor.text('abcdefgh-12345678 abcdefgh')).toBe('${secret:A} ${secret:B}')
})

test('a secret whose end is cut off is hidden from a third on, and is none by its first letters', () => {
  const secret = 'sk-proj-0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t'
  const redactor = redactorOf({ ...nothing, secrets: { KEY: secret } })
  for (const length of [17, 18, 30, secret.length - 1])
    expect(redactor.text(`${secret.slice(0, length)}… (cut)`)).toBe('${secret:KEY}… (cut)')
  for (const length of [8, 12, 15])
    expect(redactor.text(`${secret.slice(0, length)}… (cut)`)).toBe(`${secret.slice(0, length)}… (cut)`)
})

test('a secret that is a number stays JSON, and one that is a key of an object keeps its neighbours', () => {
  const redactor = redactorOf({ ...nothing, secrets: { PIN: '123456789012', KEY: 'abcdefgh12345678' } })
  expect(redactor.json({ a: 123456789012, abcdefgh12345678: 1, _abcdefgh12345678: 2 })).toEqual({
    a: '${secret:PIN}',
    '${secret:KEY}': 1,
    '_${secret:KEY}': 2,
  })
  expect(redactor.body('{"a": 123456789012, "b": 1234567890123}')).toBe('{"a": "${secret:PIN}", "b": 1234567890123}')
  expect(byShape.json({ [`ghp_${'a1'.repeat(18)}`]: 1, [`ghp_${'b2'.repeat(18)}`]: 2 })).toEqual({
    '${secret:github-token}': 1,
    '${secret:github-token} 2': 2,
  })
})

test('what a field of that name holds is hidden, whatever it looks like', () => {
  const input = {
    password: 'mellon',
    nested: [{ accessToken: 'abc', refresh_token: 'd', 'Client-Secret': 'x y z' }],
    headers: { authorization: 'Bearer abc', 'x-api-key': 'tobi', cookie: 'a=b; c=d' },
    api_key: ['one', 'two'],
  }
  const hidden = {
    password: '${secret:password}',
    nested: [
      {
        accessToken: '${secret:access-token}',
        refresh_token: '${secret:refresh-token}',
        'Client-Secret': '${secret:client-secret}',
      },
    ],
    headers: {
      authorization: 'Bearer ${secret:authorization}',
      'x-api-key': '${secret:x-api-key}',
      cookie: '${secret:cookie}',
    },
    api_key: ['${secret:api-key}', '${secret:api-key}'],
  }
  expect(byShape.json(input)).toEqual(hidden)
  expect(JSON.parse(byShape.text(JSON.stringify(input)))).toEqual(hidden)
  expect(byShape.json({ arguments: JSON.stringify(input) })).toEqual({ arguments: JSON.stringify(hidden) })
})

test('what only looks like a credential is left alone', () => {
  const harmless = {
    ids: [
      'call_AbCdEf0123456789AbCdEf01',
      'toolu_01AbCdEf0123456789AbCdEf',
      'resp_0123456789abcdef0123456789abcdef0123456789abcdef01',
      'msg_01AbCdEf0123456789AbCdEf',
      'fc_0123456789abcdef0123456789abcdef',
    ],
    digests: [
      'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      'da39a3ee5e6b4b0d3255bfef95601890afd80709',
      '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    ],
    signature: `sk-${'aB3'.repeat(30)}`,
    encrypted_content: `gAAAAA ghp_${'a1'.repeat(18)}`,
    thoughtSignature: `AIza${'x9'.repeat(20)}`,
    source: { type: 'base64', data: `AIza${'x9'.repeat(200)}` },
    password: null,
    tokens: 12,
    next_page_token: 'CAoQAAabcdefgh12345678',
    prompt_cache_key: 'conversation-12345678-abcdef12',
    token: 'the',
    max_tokens: '16384',
    code: 'const apiKey = process.env.API_KEY; login(password: string, api_key=api_key, token=self.token)',
    prose:
      'The password: at least eight letters. Bearer authentication. A risk-assessment-of-the-whole-organisation task.',
    shell: 'TOKEN=$TOKEN; PASSWORD="${PASSWORD}" psql postgres://user:$PASSWORD@db/main; API_KEY=<your key>',
    schema: {
      type: 'object',
      properties: { password: { type: 'string', description: 'The password' } },
      required: ['password'],
    },
  }
  expect(byShape.json(harmless)).toEqual(harmless)
  expect(byShape.text(JSON.stringify(harmless))).toBe(JSON.stringify(harmless))
})

const anySecret = fc.constantFrom(
  ...[4, 5, 6].flatMap(credentials),
  ...Object.entries(secrets).map(([kind, secret]) => ({ kind, secret, text: secret })),
)
const anyText = fc
  .array(
    fc.oneof(
      anySecret.map(({ text }) => text),
      fc.string(),
      fc.constantFrom(' ', '\n', '"', '\\', '=', '${secret:', '}', 'password=', '${secret:x}', 'Bearer ', '%20'),
    ),
    { maxLength: 8 },
  )
  .map(parts => parts.join(''))

test('to redact twice is to redact once', () => {
  fc.assert(
    fc.property(anyText, text => {
      const once = byValue.text(text)
      expect(byValue.text(once)).toBe(once)
      expect(byValue.json({ a: [once] })).toEqual({ a: [once] })
    }),
    { numRuns: 500 },
  )
})

const anyJson = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    anyText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('password', 'data', 'api_key', 'content', 'signature'), fc.string()),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
})).value

test('JSON stays JSON, and is redacted alike as text, as a value and as a string inside JSON', () => {
  fc.assert(
    fc.property(anyJson, value => {
      const redacted = byValue.json(value)
      if (typeof value === 'object' && value !== null) {
        for (const written of [JSON.stringify(value), JSON.stringify(value, null, 2)])
          expect(JSON.parse(byValue.text(written))).toEqual(redacted)
        expect(byValue.json({ arguments: JSON.stringify(value) })).toEqual({ arguments: JSON.stringify(redacted) })
      }
    }),
    { numRuns: 500 },
  )
})
