import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { command } from './cli.ts'
import { type ProviderServer, type ProviderStep, providerServer } from './provider-server.ts'
import { keys, type Pty, type PtyOptions, ptyOf } from './pty.ts'
import { folderWith } from './temp.ts'

type Setting = Partial<Pick<PtyOptions, 'columns' | 'rows' | 'env'>> & { readonly shell?: string }

/** `reprise run` on a terminal, in a folder with an agent, before a provider that says these answers. */
export const atScreen = async (
  agent: string,
  answers: readonly ProviderStep[],
  args: readonly string[] = [],
  { shell, env, ...size }: Setting = {},
) => {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await folderWith({ 'agent.yaml': agent }))
  const server = stack.use(await providerServer(answers))
  const run = [process.execPath, command, 'run', 'agent.yaml', ...args]
  const program = shell === undefined ? run : ['sh', '-c', shell, ...run]
  const all = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env, ...env }
  const terminal = stack.use(ptyOf(program, { cwd: folder.path, env: all, ...size }))
  await listening(terminal)
  return { ...terminal, folder: folder.path, server, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/**
 * The first picture stands before keys are taken one by one; one pressed between would be the terminal's own. Pastes are
 * asked for last. Whoever never does so is waited for a few seconds only.
 */
const listening = async (terminal: Pty): Promise<void> => {
  for (let looks = 0; looks < 250 && !terminal.raw().includes('\x1b[?2004h'); looks++) await pause(20)
}

/** Waits until the keys are taken again after the terminal was lent to somebody else, since `raw` had that length. */
export const backAgain = async (terminal: Pty, since: number): Promise<void> => {
  while (!/\?2004l[\s\S]*\?2004h/.test(terminal.raw().slice(since))) await pause(20)
}

/** The status line of somebody who has nothing to do, below an empty input, with what it offers. */
export const idle = /\n>(?: \/ for commands[^\n]*| [^\n]* \(Tab\))?\n(ask|yolo) · [^\n]*$/
/** So many pieces of an answer. */
export const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index} `)

/** What the provider was told last in its request of that number, as JSON. */
export const said = ({ server }: { readonly server: ProviderServer }, turn: number): string => {
  const messages = server.requests[turn - 1]?.body['messages']
  return JSON.stringify(Array.isArray(messages) ? messages.at(-1) : null)
}

/** Leaves with Ctrl-D, and gives what is left on the screen. */
export const leave = async (terminal: Pty): Promise<string> => {
  terminal.write(keys.end)
  expect((await terminal.exit).code).toBe(0)
  return terminal.screen()
}
