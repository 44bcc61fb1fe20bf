import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { RunOptions } from './run-options.ts'
import type { Terminal } from './terminal.ts'

/** The agent file that is meant. A file wins over an alias of its name, which is looked for only where there is none. */
export const named = async (
  file: string,
  options: RunOptions,
  terminal: Terminal,
): Promise<{ readonly file: string; readonly options: RunOptions }> =>
  existsSync(resolve(terminal.workingDirectory, file))
    ? { file, options }
    : (await import('./aliases.ts')).aliased(file, options, terminal)
