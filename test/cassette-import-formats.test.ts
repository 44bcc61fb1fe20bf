import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { importRecording } from '../runtime/team/tapes/importing.ts'
import { cassetteAt } from '../runtime/team/tapes/reading.ts'
import { folderWith } from './support/temp.ts'

const surroundings = { env: {}, home: '/home/nobody', workingDirectory: '/nowhere', now: () => new Date(0) }
const json = (value: unknown): string => JSON.stringify(value)
const url = 'https://api.openai.com/v1/chat/completions'
const hello = { model: 'gpt-4o' }
const harOf = (request: object, response: object): string =>
  json({ log: { entries: [{ request: { url, method: 'POST', ...request }, response: { status: 200, ...response } }] } })
const packed = gzipSync('salt')

/** What recorders write at times, beside what lies in the recordings of others that we have. */
test.each([
  [
    'go-vcr of its first version',
    `version: 1\ninteractions:\n- request: {url: "${url}", method: POST, body: '${json(hello)}'}\n  response: {status: 200 OK, code: 200, body: salt}\n`,
    'go-vcr',
  ],
  [
    'VCR with bytes',
    `http_interactions:\n- request: {method: :post, uri: "${url}", body: {encoding: ASCII-8BIT, base64_string: ${Buffer.from(json(hello)).toString('base64')}}}\n  response: {status: {code: 200}, body: {encoding: ASCII-8BIT, string: !binary "${packed.toString('base64')}"}}\n`,
    'VCR for Ruby',
  ],
  [
    'VCR of its first version',
    `- !ruby/struct:VCR::HTTPInteraction\n  request: !ruby/struct:VCR::Request {method: :post, uri: "${url}", body: '${json(hello)}'}\n  response: !ruby/struct:VCR::Response {status: !ruby/struct:VCR::ResponseStatus {code: 200}, body: salt}\n`,
    'VCR for Ruby',
  ],
  [
    'VCR in JSON',
    json({
      http_interactions: [
        {
          request: { method: 'post', uri: url, body: { string: json(hello) } },
          response: { status: { code: 200 }, body: { string: 'salt' } },
        },
      ],
    }),
    'VCR for Ruby',
  ],
  [
    'vcr for R',
    `http_interactions:\n- request: {method: post, uri: "${url}", body: {encoding: '', string: '${json(hello)}'}}\n  response: {status: {status_code: 200}, body: {encoding: UTF-8, file: no, string: salt}}\nrecorded_with: vcr/1.2.0\n`,
    'vcr for R',
  ],
  [
    'vcrpy with a packed body',
    `interactions:\n- request: {method: POST, uri: "${url}", body: '${json(hello)}'}\n  response: {status: {code: 200}, headers: {Content-Encoding: [gzip]}, body: {string: !!binary ${packed.toString('base64')}}}\n`,
    'vcrpy',
  ],
  [
    'vcrpy in JSON with bytes',
    json({
      version: 1,
      interactions: [
        {
          request: { method: 'POST', uri: url, body: { base64_string: Buffer.from(json(hello)).toString('base64') } },
          response: { status: { code: 200 }, body: { base64_string: packed.toString('base64') } },
        },
      ],
    }),
    'vcrpy',
  ],
  [
    'HAR of a browser',
    harOf(
      { postData: { mimeType: 'application/json', text: json(hello) } },
      { content: { text: Buffer.from('salt').toString('base64'), encoding: 'base64' } },
    ),
    'HAR',
  ],
  [
    'HAR of an older Polly',
    harOf(
      { postData: { text: json(hello) } },
      {
        content: { _isBinary: true, text: json([packed.toString('hex')]) },
        headers: [{ name: 'content-encoding', value: 'gzip' }],
      },
    ),
    'HAR',
  ],
  [
    'nock with bytes',
    json([
      {
        scope: 'https://api.openai.com:443',
        method: 'POST',
        path: '/v1/chat/completions',
        body: hello,
        status: 200,
        response: [packed.toString('hex')],
        rawHeaders: ['Content-Encoding', 'gzip'],
      },
    ]),
    'nock',
  ],
  [
    'nock with text that could be digits',
    json([
      {
        scope: 'https://api.openai.com:443',
        method: 'POST',
        path: '/v1/chat/completions',
        body: hello,
        status: 200,
        response: 'salt',
      },
    ]),
    'nock',
  ],
  [
    'WireMock with many mappings',
    json({
      mappings: [
        {
          request: { urlPath: '/v1/chat/completions', method: 'POST', bodyPatterns: [{ equalTo: json(hello) }] },
          response: { status: 200, base64Body: Buffer.from('salt').toString('base64') },
        },
      ],
    }),
    'WireMock',
  ],
  [
    "Azure's proxy with lines",
    json({
      Entries: [
        {
          RequestUri: url,
          RequestMethod: 'POST',
          RequestBody: [`${json(hello)}\n`, ''],
          StatusCode: 200,
          ResponseBody: 'salt',
        },
      ],
    }),
    "Azure's test proxy",
  ],
  [
    "Datadog's agent with bytes",
    json({
      request: { method: 'POST', url, body: `base64:${Buffer.from(json(hello)).toString('base64')}` },
      response: { status: { code: 200 }, body: 'base64:c2FsdA==' },
    }),
    "Datadog's test agent",
  ],
  [
    'httprr with chunks',
    httprr(
      `POST ${url} HTTP/1.1\r\nHost: api.openai.com\r\n\r\n${json(hello)}`,
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nsa\r\n2\r\nlt\r\n0\r\n\r\n',
    ),
    'httprr',
  ],
])('%s is read', async (_, content, format) => {
  await using folder = await folderWith({ recording: content })
  const to = join(folder.path, 'ours.yaml')
  expect(await importRecording(join(folder.path, 'recording'), to, surroundings)).toMatchObject({
    format,
    modelCalls: 1,
  })
  const { request, response } = cassetteAt(to).load(1)
  expect(request).toMatchObject({ method: 'POST', url, body: hello, protocol: 'openai-chat', provider: 'openai' })
  expect(response).toMatchObject({ status: 200, body: 'salt' })
})

function httprr(request: string, response: string): string {
  return `httprr trace v1\n${request.length} ${response.length}\n${request}${response}`
}

test('what a browser asked in vain is a failure, a form is a body, and what is no HTTP is left out and told', async () => {
  const entries = [
    { request: { url: 'chrome-extension://x/y.js', method: 'GET' }, response: { status: 200, content: { text: 'x' } } },
    { request: { url, method: 'POST' }, response: { status: 0, headers: [], content: {} } },
    {
      startedDateTime: '2026-03-04T05:06:07.000Z',
      request: { url: 'https://a.test/', method: 'post', postData: { params: [{ name: 'a b', value: 'c&d' }] } },
      response: {
        status: 302,
        headers: [
          { name: 'Retry-After', value: '3' },
          { name: 'x-other', value: '1' },
        ],
        content: { text: '' },
      },
    },
  ]
  await using folder = await folderWith({ 'a.har': json({ log: { entries } }) })
  const to = join(folder.path, 'ours.yaml')
  const { note } = await importRecording(join(folder.path, 'a.har'), to, surroundings)
  expect(note).toBe('1 entry is no HTTP, and left out.')
  const cassette = cassetteAt(to)
  expect(cassette.header.note).toBe(note)
  expect(cassette.load(1)).toMatchObject({
    state: 'failed',
    response: { status: 0, error: { code: 'model-unavailable' } },
  })
  expect(cassette.load(2)).toMatchObject({
    request: { method: 'POST', body: 'a+b=c%26d' },
    response: { status: 302, headers: { 'retry-after': '3' }, body: '' },
  })
})
