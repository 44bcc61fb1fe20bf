import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { serverPath } from './mcp.ts'

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const socket = createSocket().listen(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address() as AddressInfo
  socket.close()
  await once(socket, 'close')
  return port
}

export type RunningServer = AsyncDisposable & { readonly url: string; readonly child: ChildProcess }

/** server-everything over HTTP, in a process of its own. */
export const everythingOver = async (
  how: 'streamableHttp' | 'sse',
  port?: number,
): Promise<RunningServer & { readonly port: number }> => {
  const own = port ?? (await freePort())
  const child = spawn(process.execPath, [serverPath('everything'), how], {
    env: { PATH: process.env['PATH'], PORT: `${own}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const isListening = async () => {
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8')
    for (;;) {
      const [text] = (await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])) as [string]
      if (/listening|running on port/i.test(text)) return
    }
  }
  await isListening()
  for (const stream of [child.stdout, child.stderr]) stream.resume()
  return {
    port: own,
    child,
    url: `http://127.0.0.1:${own}/${how === 'sse' ? 'sse' : 'mcp'}`,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

export type HttpMessage = { readonly id?: number; readonly method?: string; readonly params?: Record<string, unknown> }

type Answering = (message: HttpMessage, response: ServerResponse, request: IncomingMessage) => void | Promise<void>

/**
 * An MCP server over streamable HTTP, written without the SDK. `ways` says by the method what it does otherwise than
 * a well-behaved one; `seen` holds all requests, with their bodies.
 */
export const httpServer = async (ways: Readonly<Record<string, Answering>>) => {
  const seen: {
    readonly method: string
    readonly headers: IncomingMessage['headers']
    readonly message: HttpMessage
  }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const message = (body === '' ? {} : JSON.parse(body)) as HttpMessage
    seen.push({ method: request.method ?? '', headers: request.headers, message })
    const way = ways[message.method ?? request.method ?? ''] ?? usual[message.method ?? request.method ?? '']
    if (way) await way(message, response, request)
    else response.writeHead(202).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    seen,
    url: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const json = (response: ServerResponse, message: object, headers: Record<string, string> = {}): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ jsonrpc: '2.0', ...message }))
}

const usual: Readonly<Record<string, Answering>> = {
  GET: (_, response) => void response.writeHead(405).end(),
  DELETE: (_, response) => void response.writeHead(405).end(),
  initialize: ({ id }, response) =>
    json(
      response,
      {
        id,
        result: {
          protocolVersion: '2025-06-18',
          capabilities: { tools: {} },
          serverInfo: { name: 'http', version: '0' },
        },
      },
      { 'mcp-session-id': 'one' },
    ),
  'tools/list': ({ id }, response) =>
    json(response, { id, result: { tools: [{ name: 'act', inputSchema: { type: 'object' } }] } }),
  'tools/call': ({ id }, response) => json(response, { id, result: { content: [{ type: 'text', text: 'Done.' }] } }),
}
