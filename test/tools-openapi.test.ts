import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { readAny } from '../runtime/cassette/file/yaml-any.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import type { ContentPart } from '../runtime/core/message.ts'
import { textOf } from '../runtime/core/message.ts'
import { ToolFailure } from '../runtime/core/tool.ts'
import { type OpenapiConfig, openapiToolset } from '../tools/openapi.ts'
import { workspaceIn } from './support/toolset.ts'

type Asked = { method: string; url: string; type: string; cookie: string; key: string; body: string }

/** A server that has a specification, and says what else it was asked. */
const place = async (specification: JsonObject | string, status = 200) => {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    if (url === '/openapi') {
      return void response.end(typeof specification === 'string' ? specification : JSON.stringify(specification))
    }
    let body = ''
    for await (const piece of request) body += piece
    const { 'content-type': type = '', cookie = '', 'x-key': key = '' } = headers
    asked.push({ method, url, type, cookie, key: String(key), body })
    response.statusCode = status
    response.end(status === 204 ? undefined : `asked ${url}`)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    asked,
    origin,
    ...api({ url: `${origin}/openapi` }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const api = (config: OpenapiConfig, files: Readonly<Record<string, string>> = {}) => {
  const read = async (path: string): Promise<string> => {
    const text = files[path]
    if (text === undefined) throw new ToolFailure(`${path} cannot be read (ENOENT).`)
    return text
  }
  const toolset = openapiToolset(config, { fetch, read, yaml: async text => readAny(text) })
  const { signal } = new AbortController()
  return {
    offer: () => toolset.offer(signal),
    call: async (name: string, input: JsonObject = {}): Promise<string> => {
      const context = { signal, fetch, workspace: workspaceIn('/') }
      return textOf((await toolset.call(name, input, context)) as readonly ContentPart[])
    },
  }
}

const specified = (paths: JsonObject, more: JsonObject = {}): JsonObject => ({ openapi: '3.0.3', paths, ...more })
const schema = (type: string, more: JsonObject = {}): JsonObject => ({ schema: { type, ...more } })
const parameter = (name: string, place: string, more: JsonObject): JsonObject => ({ name, in: place, ...more })
const jsonBody = (schema: Json, required = true): JsonObject => ({
  required,
  content: { 'application/json': { schema } },
})

const pets = specified(
  {
    '/pets/{petId}': {
      parameters: [{ $ref: '#/components/parameters/id' }],
      get: { operationId: 'getPet', summary: 'Find a pet', description: 'By its id.' },
      put: { operationId: 'save/pet', requestBody: { $ref: '#/components/requestBodies/pet' }, deprecated: true },
    },
    '/pets': { get: { parameters: [parameter('tag[]', 'query', schema('string'))] }, post: { operationId: 'getPet' } },
  },
  {
    info: { title: 'Pets', description: 'All our pets.\n\nAnd more.' },
    servers: [{ url: '/v{version}', variables: { version: { default: '3' } } }],
    components: {
      parameters: { id: parameter('petId', 'path', { required: true, description: 'Which', ...schema('integer') }) },
      requestBodies: { pet: jsonBody({ $ref: '#/components/schemas/Pet' }) },
      schemas: {
        Named: { type: 'object', required: ['name', 'id'], properties: { name: { type: 'string', example: 'Rex' } } },
        Pet: {
          allOf: [{ $ref: '#/components/schemas/Named' }],
          properties: {
            id: { type: 'integer', readOnly: true },
            age: { type: 'integer', nullable: true, minimum: 0, exclusiveMinimum: true },
            mother: { $ref: '#/components/schemas/Pet' },
          },
        },
      },
    },
  },
)

test('each operation is a tool, with parameters of the path, the operation and the body', async () => {
  await using here = await place(pets)
  expect(await here.offer()).toMatchInlineSnapshot(`
    {
      "instructions": "# Pets

    All our pets.",
      "tools": [
        {
          "description": "Find a pet
    By its id.",
          "name": "getPet",
          "parameters": {
            "additionalProperties": false,
            "properties": {
              "petId": {
                "description": "Which",
                "type": "integer",
              },
            },
            "required": [
              "petId",
            ],
            "type": "object",
          },
          "readOnly": true,
        },
        {
          "description": "(deprecated) PUT /pets/{petId}",
          "name": "save_pet",
          "parameters": {
            "additionalProperties": false,
            "properties": {
              "body_age": {
                "minimum": 0,
                "type": [
                  "integer",
                  "null",
                ],
              },
              "body_mother": {},
              "body_name": {
                "type": "string",
              },
              "petId": {
                "description": "Which",
                "type": "integer",
              },
            },
            "required": [
              "petId",
              "body_name",
            ],
            "type": "object",
          },
        },
        {
          "description": "GET /pets",
          "name": "get_pets",
          "parameters": {
            "additionalProperties": false,
            "properties": {
              "tag": {
                "type": "string",
              },
            },
            "required": [],
            "type": "object",
          },
          "readOnly": true,
        },
        {
          "description": "POST /pets",
          "name": "getPet_2",
          "parameters": {
            "additionalProperties": false,
            "properties": {},
            "required": [],
            "type": "object",
          },
        },
      ],
    }
  `)
})

test('a call becomes the request that the specification describes', async () => {
  await using here = await place(pets)
  expect(await here.call('getPet', { petId: 7 })).toBe('asked /v3/pets/7')
  await here.call('save_pet', { petId: 7, body_name: 'Rex', body_age: null, body_mother: { name: 'Ada' } })
  await here.call('get_pets', { tag: 'a&b' })
  expect(here.asked.map(({ method, url, type, body }) => [method, url, type, body])).toEqual([
    ['GET', '/v3/pets/7', '', ''],
    ['PUT', '/v3/pets/7', 'application/json', '{"name":"Rex","mother":{"name":"Ada"}}'],
    ['GET', '/v3/pets?tag%5B%5D=a%26b', '', ''],
  ])
  await expect(here.call('getPet', {})).rejects.toThrow('The parameter petId is missing.')
  await expect(here.call('getPet', { petId: 'x', y: 1 })).rejects.toThrow(
    /must be of the type integer[\s\S]*no parameter y/,
  )
  expect(here.asked).toHaveLength(3)
})

const styles: readonly [what: string, parameter: JsonObject, value: Json, url: string, cookie?: string][] = [
  ['a text in a path', parameter('p', 'path', schema('string')), 'a/../b?c#d', '/x/a%2F..%2Fb%3Fc%23d'],
  ['a list in a path', parameter('p', 'path', schema('array')), ['a,b', 'c'], '/x/a%2Cb,c'],
  ['an object in a path', parameter('p', 'path', schema('object')), { a: 1, b: 'c' }, '/x/a,1,b,c'],
  ['a list in a query', parameter('p', 'query', schema('array')), ['a', 'b c'], '/x/{p}?p=a&p=b%20c'],
  ['a list in one', parameter('p', 'query', { explode: false, ...schema('array') }), ['a', 'b'], '/x/{p}?p=a,b'],
  [
    'a list with bars',
    parameter('p', 'query', { style: 'pipeDelimited', explode: false, ...schema('array') }),
    ['a', 'b'],
    '/x/{p}?p=a|b',
  ],
  ['an object in a query', parameter('p', 'query', schema('object')), { a: 1, b: true }, '/x/{p}?a=1&b=true'],
  [
    'an object in brackets',
    parameter('p', 'query', { style: 'deepObject', explode: true, ...schema('object') }),
    { a: 1, b: 'x y' },
    '/x/{p}?p[a]=1&p[b]=x%20y',
  ],
  [
    'JSON in a query',
    parameter('p', 'query', { content: { 'application/json': schema('object') } }),
    { a: [1] },
    '/x/{p}?p=%7B%22a%22%3A%5B1%5D%7D',
  ],
  ['a cookie', parameter('p', 'cookie', schema('string')), 'a;b', '/x/{p}', 'p=a%3Bb'],
]

test.each(styles)('%s is written as OpenAPI has it', async (_, declared, value, url, cookie = '') => {
  await using here = await place(specified({ '/x/{p}': { get: { operationId: 'x', parameters: [declared] } } }))
  await here.call('x', { p: value })
  expect(decodeURI(here.asked[0]?.url ?? '').replace('%7Bp%7D', '{p}')).toBe(decodeURI(url))
  expect(here.asked[0]?.cookie).toBe(cookie)
})

test.each(['..', '.', '%2e%2E', ''])('a value in a path cannot be %j', async value => {
  const operation = { operationId: 'x', parameters: [parameter('p', 'path', schema('string'))] }
  await using here = await place(specified({ '/x/{p}/y': { get: operation } }))
  if (value === '%2e%2E') await here.call('x', { p: value })
  else await expect(here.call('x', { p: value })).rejects.toThrow('cannot be')
  expect(here.asked.map(({ url }) => url)).toEqual(value === '%2e%2E' ? ['/x/%252e%252E/y'] : [])
})

test('bodies are sent in the form that the specification names', async () => {
  const post = (operationId: string, content: JsonObject) => ({
    post: { operationId, requestBody: { required: true, content } },
  })
  const fields = schema('object', { properties: { a: { type: 'string' }, b: { type: 'array' } } })
  await using here = await place(
    specified({
      '/list': post('list', { 'application/vnd.x+json': schema('array', { items: { type: 'integer' } }) }),
      '/form': post('form', { 'application/x-www-form-urlencoded': fields }),
      '/text': post('text', { 'text/plain': schema('string') }),
      '/file': post('file', { 'multipart/form-data': fields }),
      '/one': post('one', {
        'application/json': { schema: { oneOf: [fields['schema'] as Json, { type: 'string' }] } },
      } as JsonObject),
    }),
  )
  expect((await here.offer()).notices).toEqual(['These want files, which cannot be sent, and are left out: file.'])
  await here.call('list', { body: [1, 2] })
  await here.call('form', { body_a: 'x&y', body_b: ['1', '2'] })
  await here.call('text', { body: 'plain' })
  await here.call('one', { body: { a: 'x' } })
  await expect(here.call('list', {})).rejects.toThrow('The parameter body is missing.')
  expect(here.asked.map(({ type, body }) => [type, body])).toEqual([
    ['application/vnd.x+json', '[1,2]'],
    ['application/x-www-form-urlencoded', 'a=x%26y&b=1&b=2'],
    ['text/plain', 'plain'],
    ['application/json', '{"a":"x"}'],
  ])
})

test('a refusal is a failure, an answer without a body says so, and a long one is cut', async () => {
  const paths = { '/x': { get: { operationId: 'x' } } }
  await using refusing = await place(specified(paths), 404)
  await expect(refusing.call('x')).rejects.toThrow('HTTP 404: asked /x')
  await using silent = await place(specified(paths), 204)
  expect(await silent.call('x')).toBe('HTTP 204')
})

test('a specification is read from a file beside the agent file, as YAML too, and its server may be near', async () => {
  await using here = await place('')
  const text = `openapi: 3.1.0\nservers: [{ url: ${here.origin}/api }]\npaths: { /a: { get: { operationId: a } } }\n`
  const { offer, call } = api({ url: './api.yaml', headers: { 'x-key': 'k' } }, { './api.yaml': text })
  expect((await offer()).tools.map(({ name, readOnly }) => [name, readOnly])).toEqual([['a', true]])
  await call('a')
  expect(here.asked[0]).toMatchObject({ url: '/api/a', key: 'k' })
})

test('a specification from elsewhere leads to no private server, unless the agent file says so', async () => {
  await using inside = await place('')
  await using here = await place(
    specified({ '/a': { get: { operationId: 'a' } } }, { servers: [{ url: inside.origin }] }),
  )
  await expect(here.call('a')).rejects.toThrow('is an address of this machine')
  expect(inside.asked).toEqual([])
  await api({ url: `${here.origin}/openapi`, allow_private_ips: true }).call('a')
  expect(inside.asked).toHaveLength(1)
})

test('only the operations that the agent file names are offered', async () => {
  await using here = await place(pets)
  const { offer } = api({ url: `${here.origin}/openapi`, tools: ['getPet', 'getCat'] })
  const { tools, notices } = await offer()
  expect(tools.map(({ name }) => name)).toEqual(['getPet'])
  expect(notices).toEqual([`The API of ${here.origin}/openapi has no getCat.`])
})

test.each([
  ['nothing', 'http://127.0.0.1:1/openapi', /request failed/],
  ['a file that is not there', './none.yaml', /cannot be read \(ENOENT\)/],
  ['no YAML', 'bad.yaml', /neither JSON nor YAML/],
  ['no specification', 'other.yaml', /it is no OpenAPI specification/],
  ['Swagger 2', 'swagger.yaml', /version 2\.0, and only OpenAPI 3/],
  ['a list', 'list.yaml', /it is no specification/],
  ['what is nested very deep', 'deep.yaml', /it is nested too deep to be read\.$/],
])('where %s is found, no tools are offered, and the person is told why', async (_, url, why) => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const files = {
    'deep.yaml': deep,
    'bad.yaml': 'a: [',
    'other.yaml': 'a: 1',
    'swagger.yaml': 'swagger: "2.0"',
    'list.yaml': '- 1',
  }
  const { tools, notices } = await api({ url }, files).offer()
  expect(tools).toEqual([])
  expect(notices).toEqual([expect.stringMatching(why)])
  expect(notices?.[0]).toContain(`The API of ${url} cannot be used: `)
})

test('an operation that no model could be shown is left out, and the others stay', async () => {
  const of = (operationId: string, schema: JsonObject) => ({ post: { operationId, requestBody: jsonBody(schema) } })
  await using here = await place(
    specified({ '/a': of('long', { enum: ['e'.repeat(300_000)] }), '/b': of('b', { type: 'string' }) }),
  )
  const { tools, notices } = await here.offer()
  expect(tools.map(({ name }) => name)).toEqual(['b'])
  expect(notices?.[0]).toMatch(/^long of the API of .* is left out: its description is too long for a prompt\.$/)
})

test('a specification that refers to itself, to nothing, or to very much ends', async () => {
  const wide = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`f${index}`, { $ref: '#/components/schemas/wide' }]),
  )
  const schemas: JsonObject = {
    wide: { type: 'object', properties: wide },
    deep: { type: 'array', items: { $ref: '#/components/schemas/deeper' } },
    deeper: { allOf: [{ $ref: '#/components/schemas/deep' }, { $ref: '#/components/schemas/gone' }] },
    grow: {
      anyOf: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => ({
        type: 'object',
        properties: { [name]: { $ref: '#/components/schemas/grow2' }, x: { $ref: '#/components/schemas/wide2' } },
      })),
    },
    grow2: { anyOf: Array.from({ length: 50 }, () => ({ $ref: '#/components/schemas/wide2' })) },
    wide2: {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 50 }, (_, i) => [`g${i}`, { $ref: '#/components/schemas/wide' }]),
      ),
    },
  }
  const paths = Object.fromEntries(
    [...Object.keys(schemas), 'gone'].map(name => [
      `/${name}`,
      { post: { operationId: name, requestBody: jsonBody({ $ref: `#/components/schemas/${name}` }) } },
    ]),
  )
  await using here = await place(
    specified({ ...paths, '/none': { get: { $ref: '#/none' } } }, { components: { schemas } }),
  )
  const { tools } = await here.offer()
  expect(tools.map(({ name }) => name)).toContain('gone')
  for (const tool of tools) expect(JSON.stringify(tool).length).toBeLessThan(200_000)
})
