import { resolve } from 'node:path'
import { command } from './cli.ts'
import { type Pty, type PtyOptions, ptyOf } from './pty.ts'

type Setting = Partial<Pick<PtyOptions, 'columns' | 'rows' | 'env'>>

/** A recording at its beginning, standing still. */
export const playing = async (name: string, cwd: string, { env = {}, ...size }: Setting = {}): Promise<Pty> => {
  const all = { PATH: process.env['PATH'] ?? '', HOME: cwd, LANG: 'C.UTF-8', ...env }
  const terminal = ptyOf([process.execPath, command, 'play', name, '--at', '0'], { cwd, env: all, ...size })
  await terminal.waitFor(/event 0\/|interaction 0\//)
  return terminal
}

export const example = (name: string): string => resolve('cassettes', name)
export const more = {
  next: '\x1b[C',
  before: '\x1b[D',
  tab: '\t',
  backTab: '\x1b[Z',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
}

/** Presses a key, and waits until it shows. */
export const press = async (terminal: Pty, key: string, shown: string | RegExp): Promise<void> => {
  terminal.write(key)
  await terminal.waitFor(shown)
}
