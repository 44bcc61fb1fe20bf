import { extname, resolve } from 'node:path'
import { exportedSession, type SessionFormat } from '../../team/sessions/export.ts'
import { orStandardOutput, writeNamed } from '../files.ts'
import { databaseOf } from '../start.ts'
import { homeIn, type Terminal, write } from '../terminal.ts'
import type { SessionOptions } from './list.ts'

type ExportOptions = SessionOptions & { readonly to?: SessionFormat; readonly output: string }

/** `reprise sessions export [ID] --to FORMAT -o FILE`. */
export const sessionsExport = async (
  id: string,
  { to, output, ...options }: ExportOptions,
  terminal: Terminal,
): Promise<number> => {
  const { env, workingDirectory, now, stdout, stderr } = terminal
  const notice = (text: string): void => void write(stderr, `${text}\n`)
  const text = await exportedSession(id, to ?? byEnding[extname(output)] ?? 'markdown', {
    place: { database: databaseOf(options, terminal), now, notice },
    env,
    home: homeIn(env),
    workingDirectory,
  })
  if (output === '-') await write(stdout, text)
  else {
    writeNamed('The export', resolve(workingDirectory, output), [text], orStandardOutput)
    notice(`Written: ${output}`)
  }
  return 0
}

const byEnding: Readonly<Record<string, SessionFormat>> = { '.html': 'html', '.htm': 'html', '.json': 'json' }
