import { Failure } from '../../core/errors.ts'
import type { Undone } from '../../core/session.ts'
import { shortName } from '../short-name.ts'
import { sessionsFor } from '../start.ts'
import { type Terminal, write } from '../terminal.ts'
import type { SessionOptions } from './list.ts'

type UndoFlags = SessionOptions & { readonly turns?: string; readonly redo?: boolean; readonly force?: boolean }

/** `reprise sessions undo [ID]`: a line a file that was put back. */
export const sessionsUndo = async (
  id: string,
  { turns, redo = false, force = false, ...options }: UndoFlags,
  terminal: Terminal,
): Promise<number> => {
  const asked = { redo, force, ...(turns !== undefined && { turns: numberOf(turns) }) }
  const { files } = await sessionsFor(options, terminal).undo(id, asked)
  const lines = files.map(({ path, what }) => `${words[what]}  ${shortName(path, terminal)}`)
  await write(terminal.stdout, `${lines.join('\n') || 'Everything is as it was already.'}\n`)
  return 0
}

const words: Readonly<Record<Undone['files'][number]['what'], string>> = {
  restored: 'restored ',
  removed: 'removed  ',
  left: 'left     ',
  lost: 'too large',
}

const numberOf = (turns: string): number => {
  if (/^[1-9]\d*$/.test(turns)) return Number(turns)
  throw new Failure('usage', `--turns takes a number of turns, not ${JSON.stringify(turns)}.`)
}
