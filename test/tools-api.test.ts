import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { type Api, apiToolset } from '../tools/api.ts'
import { callsTo, toolNamed, workspaceIn } from './support/toolset.ts'

/** A server that says what it was asked, and a tool that asks it. */
const place = async (
  config: (origin: string) => Api,
  answer?: { status: number; location?: string; body?: string },
) => {
  const asked: { method?: string; url?: string; headers: Record<string, unknown>; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const { method = '', url = '', headers } = request
    asked.push({ method, url, headers, body })
    const isFirst = asked.length === 1
    response.statusCode = isFirst ? (answer?.status ?? 200) : 200
    if (isFirst && answer?.location) response.setHeader('location', answer.location)
    response.end(answer?.body ?? JSON.stringify({ asked: url }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const call = callsTo(apiToolset({ api_config: config(origin) }), { workspace: workspaceIn('/'), fetch })
  return {
    asked,
    call,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

test('arguments of a GET go into the address, and cannot leave their place', async () => {
  await using here = await place(origin => ({
    name: 'user',
    endpoint: `${origin}/users/\${id}?q=\${q}`,
    args: { id: {}, q: { type: 'integer' } },
    required: ['id'],
    headers: { 'x-key': 'k' },
  }))
  expect((await here.call('user', { id: 'a b', q: 3 })).text).toBe('{"asked":"/users/a%20b?q=3"}')
  await here.call('user', { id: '../admin?x=1#y' })
  await here.call('user', { id: '@evil.com/%2e%2e' })
  expect(here.asked.map(({ url }) => url)).toEqual([
    '/users/a%20b?q=3',
    '/users/..%2Fadmin%3Fx%3D1%23y?q=',
    '/users/%40evil.com%2F%252e%252e?q=',
  ])
  expect(here.asked[0]).toMatchObject({ method: 'GET', body: '', headers: { 'x-key': 'k' } })
  expect((await here.call('user', { id: '..' })).text).toBe('The parameter id cannot be ...')
  expect((await here.call('user', { q: 1 })).text).toContain('The parameter id is missing.')
  expect(here.asked).toHaveLength(3)
})

test('arguments of a POST go into the body, and only a GET goes ahead without a question', async () => {
  const api = (method?: string) => (origin: string) => ({
    name: 'x',
    endpoint: `${origin}/x`,
    args: { a: {} },
    ...(method && { method }),
  })
  await using here = await place(api('post'))
  await here.call('x', { a: 'b' })
  expect(here.asked[0]).toMatchObject({
    method: 'POST',
    body: '{"a":"b"}',
    headers: { 'content-type': 'application/json' },
  })
  const readOnly = async (method?: string) =>
    (await toolNamed(apiToolset({ api_config: api(method)('http://x') }), 'x')).readOnly ?? false
  expect(await Promise.all([undefined, 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map(readOnly))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})

test('a refusal of the server is a failure, and long answers are cut', async () => {
  await using refusing = await place(origin => ({ name: 'x', endpoint: origin }), { status: 404, body: 'no such user' })
  expect(await refusing.call('x')).toMatchObject({ text: 'HTTP 404: no such user', failed: true })
  await using long = await place(origin => ({ name: 'x', endpoint: origin }), { status: 200, body: 'x'.repeat(50_000) })
  expect((await long.call('x')).text).toBe(`${'x'.repeat(30_000)}\n\n[Cut here: there is more.]`)
  await using empty = await place(origin => ({ name: 'x', endpoint: origin }), { status: 200, body: '' })
  expect((await empty.call('x')).text).toBe('HTTP 200')
})

test('keys stay with the server they are for', async () => {
  await using here = await place(
    origin => ({ name: 'x', method: 'POST', endpoint: `${origin}/a`, headers: { 'x-api-key': 'secret' } }),
    { status: 302, location: '/b' },
  )
  await here.call('x')
  expect(here.asked.map(({ method, url, headers }) => [method, url, headers['x-api-key']])).toEqual([
    ['POST', '/a', 'secret'],
    ['GET', '/b', 'secret'],
  ])
  await using away = await place(
    origin => ({ name: 'x', endpoint: `${origin}/a`, headers: { 'x-api-key': 'secret' } }),
    { status: 302, location: 'http://127.0.0.1:1/' },
  )
  expect((await away.call('x')).text).toContain('127.0.0.1 is an address of this machine')
})

test('a server that an argument names may be no private one', async () => {
  const call = callsTo(apiToolset({ api_config: { name: 'x', endpoint: 'http://${host}/', args: { host: {} } } }), {
    workspace: workspaceIn('/'),
    fetch,
  })
  expect((await call('x', { host: '127.0.0.1' })).text).toContain('may not be reached')
  expect((await call('x', { host: 'a/b' })).text).toContain('is not an http or https')
})

test('what is no address of the web is not asked', async () => {
  const call = callsTo(apiToolset({ api_config: { name: 'x', endpoint: 'file:///etc/hosts' } }), {
    workspace: workspaceIn('/'),
  })
  expect(await call('x')).toMatchObject({ failed: true, text: expect.stringContaining('nothing was sent') })
})

test.each([
  [{ endpoint: 'http://x' }, 'needs a name'],
  [{ name: 'x' }, 'an endpoint'],
  [{ name: 'x', endpoint: 'http://x', method: 'BREW' }, 'unknown method BREW'],
  [{ name: 'x', endpoint: 'http://x/${y}' }, 'uses ${y}, which is not one of its args'],
  [{ name: 'x', endpoint: 'http://x', required: ['y'] }, "required arg 'y'"],
])('%j is a mistake of the file', (api, message) => {
  expect(() => apiToolset({ api_config: api })).toThrow(message)
})
