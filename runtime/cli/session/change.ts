import { visible } from '../../cassette/view/layout.ts'
import { Failure } from '../../core/errors.ts'
import type { ForkPoint } from '../../core/session.ts'
import { sessionsFor } from '../start.ts'
import { type Terminal, write } from '../terminal.ts'
import type { SessionOptions } from './list.ts'

/** `reprise sessions rename ID TITLE`. */
export const sessionsRename = async (
  id: string,
  title: string,
  options: SessionOptions,
  terminal: Terminal,
): Promise<number> => {
  if (title.trim() === '') throw new Failure('usage', 'A title needs a word.')
  const session = await sessionsFor(options, terminal).rename(id, title.trim())
  return await tell(terminal, `${session.id} is now called «${session.title}».`)
}

/** `reprise sessions star [ID]`. */
export const sessionsStar = async (
  id: string,
  { off = false, ...options }: SessionOptions & { readonly off?: boolean },
  terminal: Terminal,
): Promise<number> => {
  const { title } = await sessionsFor(options, terminal).star(id, !off)
  return await tell(terminal, `${off ? 'No longer marked' : 'Marked'}: ${title}`)
}

/** `reprise sessions delete ID…`: the names are looked up before the first of them goes. */
export const sessionsDelete = async (
  names: readonly string[],
  options: SessionOptions,
  terminal: Terminal,
): Promise<number> => {
  const sessions = sessionsFor(options, terminal)
  const found = []
  for (const name of names) found.push(await sessions.open(name))
  for (const { id, title } of found) {
    await sessions.remove(id)
    await tell(terminal, `Deleted: ${title} (${id})`)
  }
  return 0
}

/** `reprise sessions repair`. */
export const sessionsRepair = async (options: SessionOptions, terminal: Terminal): Promise<number> =>
  await tell(terminal, await sessionsFor(options, terminal).repair())

type ForkOptions = SessionOptions & { readonly at?: string; readonly message?: string }

/** `reprise sessions fork [ID] --at N --message TEXT`. */
export const sessionsFork = async (
  id: string,
  { at, message, ...options }: ForkOptions,
  terminal: Terminal,
): Promise<number> => {
  const sessions = sessionsFor(options, terminal)
  const point: ForkPoint = { ...(at !== undefined && { at: placeOf(at) }), ...(message !== undefined && { message }) }
  const made = await sessions.fork(id, point)
  const { agentFile } = await sessions.open(made)
  await tell(terminal, `Go on with: reprise run ${agentFile} --session ${made}`)
  await write(terminal.stdout, `${made}\n`)
  return 0
}

const placeOf = (at: string): number => {
  if (/^\d+$/.test(at)) return Number(at)
  throw new Failure('usage', `--at takes the number of a message, not ${JSON.stringify(at)}.`, {
    hint: 'reprise sessions show ID numbers them.',
  })
}

const tell = async ({ stderr }: Pick<Terminal, 'stderr'>, text: string): Promise<number> => {
  await write(stderr, visible(`${text}\n`))
  return 0
}
