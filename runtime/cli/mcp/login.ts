import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { RemoteServer } from '../../../tools/mcp/config.ts'
import { logIn } from '../../../tools/mcp/login.ts'
import { Failure } from '../../core/errors.ts'
import type { McpServer } from '../../team/tools/mcp-servers.ts'
import { exitOf } from '../exit.ts'
import { interruption } from '../interrupt.ts'
import { type Terminal, write } from '../terminal.ts'
import { type McpCommandOptions, serversIn } from './list.ts'

/** Milliseconds that a person has to log in. */
const patience = 10 * 60 * 1000

/** `reprise mcp login FILE [SERVER]`: opens the server's page, waits for the answer, keeps the tokens. */
export const login = async (
  file: string,
  server: string | undefined,
  options: McpCommandOptions,
  terminal: Terminal,
): Promise<number> => {
  const { remote, name, world } = await remoteOf(file, server, options, terminal)
  using interrupt = interruption()
  using typing = lineOf(terminal.stdin)
  const show = async (address: URL): Promise<void> => {
    await write(
      terminal.stdout,
      `To log in at ${name}, open this address:\n\n  ${address}\n\nIf the browser is on another machine, paste here the address at which it ends.\n`,
    )
    openBrowser(address, terminal)
  }
  const resource = { url: new URL(remote.url), settings: remote.oauth ?? {}, store: world.tokens }
  try {
    const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(patience)])
    const wasAsked = await logIn(resource, { fetch: terminal.fetch, show, typed: typing.line, signal })
    await write(terminal.stdout, wasAsked ? `You are logged in at ${name}.\n` : `${name} asks for no login.\n`)
    return 0
  } catch (error) {
    if (interrupt.signal.aborted) return exitOf('interrupted')
    await write(terminal.stderr, `${name}: ${error instanceof Error ? error.message : error}\n`)
    return 1
  }
}

/** `reprise mcp logout FILE [SERVER]`: the tokens of one, or of all, are forgotten here. */
export const logout = async (
  file: string,
  server: string | undefined,
  options: McpCommandOptions,
  terminal: Terminal,
): Promise<number> => {
  for (const { config, world } of await serversIn(file, server, options, terminal)) {
    if (config.server.type !== 'remote' || !URL.canParse(config.server.url)) continue
    await world.tokens.set(new URL(config.server.url).href, undefined)
    await write(terminal.stdout, `You are logged out of ${config.name}.\n`)
  }
  return 0
}

type Remote = { readonly remote: RemoteServer; readonly name: string; readonly world: McpServer['world'] }

const remoteOf = async (...asked: Parameters<typeof serversIn>): Promise<Remote> => {
  const found = (await serversIn(...asked)).flatMap(({ config: { server, name }, world }) =>
    server.type === 'remote' ? [{ remote: server, name, world }] : [],
  )
  const [only, ...others] = found
  if (!only) throw new Failure('usage', 'There is no MCP server to log in to: none of them is remote.')
  if (others.length === 0) return only
  throw new Failure('usage', 'There are several MCP servers to log in to.', {
    hint: `Name one: ${found.map(({ name }) => name).join(', ')}.`,
  })
}

/** The first line that somebody types; never where nobody does. */
const lineOf = (stdin: NodeJS.ReadStream): Disposable & { readonly line: Promise<string> } => {
  const { promise: line, resolve } = Promise.withResolvers<string>()
  const lines = createInterface({ input: stdin }).on('line', text => text.trim() !== '' && resolve(text))
  return {
    line,
    [Symbol.dispose]: () => {
      lines.close()
      stdin.pause()
    },
  }
}

/** Only where there is a screen to open it on; that it did not open is seen, and the address is printed anyway. */
const openBrowser = (address: URL, { stdout, env }: Terminal): void => {
  const hasScreen = process.platform === 'darwin' || env['DISPLAY'] || env['WAYLAND_DISPLAY']
  if (!stdout.isTTY || !hasScreen) return
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open'
  spawn(program, [address.href], { detached: true, stdio: 'ignore' })
    .on('error', () => undefined)
    .unref()
}
