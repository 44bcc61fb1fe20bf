import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { fetchToolset } from '../tools/fetch.ts'
import { mayRead, robotsFor } from '../tools/http/robots.ts'
import { callsTo, workspaceIn } from './support/toolset.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A site on loopback: what each path answers; anything else is 404. `asked` is what was asked for, in order. */
const site = async (pages: Readonly<Record<string, string | Handler>>) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const page = pages[request.url ?? '']
    if (typeof page === 'function') return page(request, response)
    if (page === undefined) response.statusCode = 404
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(page ?? 'nothing here')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const tools = (config: Parameters<typeof fetchToolset>[0] = { allow_private_ips: true }, signal?: AbortSignal) =>
  callsTo(fetchToolset(config), { workspace: workspaceIn('/'), fetch, ...(signal && { signal }) })

const redirect =
  (location: string, status = 302): Handler =>
  (_, response) =>
    response.writeHead(status, { location }).end()

test('a page comes as Markdown, as text, or as it is', async () => {
  const html = '<html><head><title>T</title></head><body><h1>Hi</h1><p>See <a href="/x">this</a>.</p></body></html>'
  await using here = await site({ '/': html })
  const call = tools()
  const said = async (format: string) => (await call('fetch', { urls: [`${here.origin}/`], format })).text
  expect(await said('markdown')).toBe(
    `Successfully fetched ${here.origin}/ (Status: 200, Length: ${`# Hi\n\nSee [this](${here.origin}/x).`.length} bytes):\n\n` +
      `# Hi\n\nSee [this](${here.origin}/x).`,
  )
  expect(await said('text')).toMatch(/:\n\nHi\n\nSee this\.$/)
  expect(await said('html')).toContain(html)
  expect(here.asked.filter(each => each === 'GET /robots.txt')).toHaveLength(1)
})

test('several addresses come as a list, each with its own failure', async () => {
  await using here = await site({
    '/a': 'A',
    '/b.json': (_, response) => response.setHeader('content-type', 'application/json').end('{"b":1}'),
  })
  const urls = [`${here.origin}/a`, `${here.origin}/b.json`, `${here.origin}/gone`, 'nonsense', 'ftp://x/y']
  expect(JSON.parse((await tools()('fetch', { urls, format: 'text' })).text)).toEqual([
    {
      url: urls[0],
      statusCode: 200,
      status: '200 OK',
      contentType: 'text/html; charset=utf-8',
      contentLength: 1,
      body: 'A',
    },
    {
      url: urls[1],
      statusCode: 200,
      status: '200 OK',
      contentType: 'application/json',
      contentLength: 7,
      body: '{"b":1}',
    },
    {
      url: urls[2],
      statusCode: 404,
      status: '404 Not Found',
      contentType: 'text/html; charset=utf-8',
      contentLength: 12,
      body: 'nothing here',
    },
    { url: urls[3], statusCode: 0, status: '', contentLength: 0, error: 'invalid URL: missing scheme or host' },
    {
      url: urls[4],
      statusCode: 0,
      status: '',
      contentLength: 0,
      error: 'only HTTP and HTTPS URLs are supported, not ftp:',
    },
  ])
  expect((await tools()('fetch', { urls: Array(21).fill(urls[0]), format: 'text' })).text).toContain(
    'at most 20 addresses',
  )
})

test('redirects are followed to their end, but not for ever, and not to what is no web', async () => {
  await using here = await site({
    '/1': redirect('/2', 301),
    '/2': redirect('/3', 308),
    '/3': 'three',
    '/round': redirect('/round'),
    '/file': redirect('file:///etc/passwd'),
  })
  const said = async (path: string) => (await tools()('fetch', { urls: [here.origin + path], format: 'text' })).text
  expect(await said('/1')).toMatch(/^Successfully fetched \S+\/1 → \S+\/3 \(Status: 200, Length: 5 bytes\):\n\nthree$/)
  expect(await said('/round')).toBe(`Error fetching ${here.origin}/round: stopped after 10 redirects`)
  expect(await said('/file')).toContain('only HTTP and HTTPS URLs are supported, not file:')
})

test.each([
  'http://127.0.0.1:1/',
  'http://localhost:1/',
  'http://[::1]:1/',
  'http://[::ffff:127.0.0.1]:1/',
  'http://0.0.0.0:1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://10.0.0.1/',
  'http://172.16.5.5/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'http://[fd00::1]/',
  'http://[fe80::1]/',
  'http://[64:ff9b::7f00:1]/',
])('an address of this machine or of a private network is not fetched: %s', async url => {
  const { text, failed } = await tools({})('fetch', { urls: [url], format: 'text' })
  expect(text).toContain('is an address of this machine or of a private network, which may not be reached')
  expect(failed).toBe(true)
})

test('a redirect does not lead into a private network either', async () => {
  await using here = await site({ '/': redirect('http://169.254.169.254/') })
  // The first step is let through by a network that has the site elsewhere.
  const far: typeof fetch = (input, init) => {
    const url = new URL(String(input))
    return fetch(url.host === '93.184.215.14' ? `${here.origin}${url.pathname}` : url, init)
  }
  const call = callsTo(fetchToolset({}), { workspace: workspaceIn('/'), fetch: far })
  expect((await call('fetch', { urls: ['http://93.184.215.14/'], format: 'text' })).text).toContain(
    '169.254.169.254 is an address',
  )
})

test('robots.txt is asked first, and obeyed, after a redirect too', async () => {
  await using here = await site({
    '/robots.txt': 'User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /private\nAllow: /private/open$\n',
    '/private/x': 'secret',
    '/private/open': 'open',
    '/away': redirect('/private/x'),
  })
  const said = async (path: string) => (await tools()('fetch', { urls: [here.origin + path], format: 'text' })).text
  expect(await said('/private/x')).toBe(`Error fetching ${here.origin}/private/x: URL blocked by robots.txt`)
  expect(await said('/away')).toContain('URL blocked by robots.txt')
  expect(await said('/private/open')).toContain('open')
  expect(here.asked).not.toContain('GET /private/x')
  await using broken = await site({ '/robots.txt': (_, response) => response.writeHead(503).end(), '/': 'x' })
  expect((await tools()('fetch', { urls: [broken.origin], format: 'text' })).text).toContain(
    'robots.txt check failed: unexpected status 503',
  )
})

const rules: readonly [string, string, boolean][] = [
  ['User-agent: *\nDisallow:', '/x', true],
  ['User-agent: *\nDisallow: /', '/x', false],
  ['User-Agent: Reprise # us\nDisallow: /a\n\nUser-agent: *\nDisallow: /', '/b', true],
  ['User-agent: a\nUser-agent: reprise\nDisallow: /x', '/x/y', false],
  ['User-agent: *\nDisallow: /*.pdf$', '/a/b.pdf', false],
  ['User-agent: *\nDisallow: /*.pdf$', '/a/b.pdf?x', true],
  ['User-agent: *\nDisallow: /a*b*c', '/a1b2c3', false],
  ['User-agent: *\nDisallow: /a*b*c', '/a1c2b3', true],
  ['User-agent: *\nDisallow: /p\nAllow: /p', '/p', true],
  ['User-agent: *\nAllow: /\nDisallow: /p/q', '/p/q/r', false],
  ['Disallow: /', '/x', true],
  ['Sitemap: x\r\nuser-agent:*\r\ndisallow:/x', '/x', false],
]
test.each(rules)('robots.txt %j and the path %s: %s', (text, path, expected) => {
  expect(mayRead(robotsFor('reprise', text), path)).toBe(expected)
})

test('what is no text is named, and what is too long is cut', async () => {
  const endless: Handler = (_, response) => {
    response.setHeader('content-type', 'text/plain')
    const write = () => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', write)
    }
    write()
  }
  await using here = await site({
    '/endless': endless,
    '/image': (_, response) => response.setHeader('content-type', 'image/png').end('abc'),
    '/binary': (_, response) => response.setHeader('content-type', 'text/plain').end('a\0b'),
    '/latin': (_, response) =>
      response.setHeader('content-type', 'text/plain; charset=latin1').end(Buffer.from('ü', 'latin1')),
    '/meta': (_, response) =>
      response.setHeader('content-type', 'text/html').end(Buffer.from('<meta charset="iso-8859-1">ü', 'latin1')),
    '/odd': (_, response) => response.setHeader('content-type', 'text/plain; charset=klingon').end('ü'),
  })
  const said = async (path: string) => (await tools()('fetch', { urls: [here.origin + path], format: 'text' })).text
  const long = await said('/endless')
  expect(long).toMatch(/\[Cut here: \d+ of \d+ characters are left out\.\]$/)
  expect(long.length).toBeLessThan(101_000)
  expect(await said('/image')).toBe(`Error fetching ${here.origin}/image: it is no text but image/png (3 bytes)`)
  expect(await said('/binary')).toContain('it is no text but text/plain')
  for (const path of ['/latin', '/meta', '/odd']) expect(await said(path)).toMatch(/\n\nü$/)
})

test('a server that hangs is given up, one that is not there is told, and a cancelled call ends', async () => {
  const controller = new AbortController()
  await using here = await site({ '/robots.txt': '', '/hangs': () => controller.abort() })
  const hangs = await site({ '/robots.txt': '', '/hangs': () => undefined })
  const { text } = await tools()('fetch', { urls: [`${hangs.origin}/hangs`], format: 'text', timeout: 1 })
  expect(text).toBe(
    `Error fetching ${hangs.origin}/hangs: ${new URL(hangs.origin).host} did not answer within 1 seconds.`,
  )
  await hangs[Symbol.asyncDispose]()
  expect((await tools()('fetch', { urls: [`${hangs.origin}/x`], format: 'text' })).text).toContain(
    'request failed: connect ECONNREFUSED',
  )
  const call = tools({ allow_private_ips: true }, controller.signal)
  await expect(call('fetch', { urls: [`${here.origin}/hangs`], format: 'text' })).rejects.toThrow('aborted')
})

test('who we are is said, and credentials in an address are refused', async () => {
  const seen: string[] = []
  await using here = await site({
    '/': (request, response) => {
      seen.push(String(request.headers['user-agent']), String(request.headers.accept))
      response.end('x')
    },
  })
  await tools()('fetch', { urls: [here.origin], format: 'markdown' })
  expect(seen).toEqual(['reprise', expect.stringMatching(/^text\/markdown/)])
  const url = here.origin.replace('//', '//me:secret@')
  expect((await tools()('fetch', { urls: [url], format: 'text' })).text).toContain('user name or password')
})
