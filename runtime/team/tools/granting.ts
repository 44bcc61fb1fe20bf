import { isOfUser, type Message } from '../../core/message.ts'
import type { Grant } from '../../core/tool.ts'
import { doneIn } from './choices.ts'
import type { Stock } from './sources.ts'

/** The tool by which a model comes to a skill. */
const reading = 'read_skill'

/**
 * What the skills that are in force let go ahead: those that the user has called since he last spoke, and those that the
 * model has read since then. When he speaks again they are in force no more, as in Claude Code.
 */
export const grantedIn = async (
  { granted, held }: Stock,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<readonly Grant[]> => {
  const since = messages.slice(Math.max(0, messages.findLastIndex(isOfUser)))
  const said = since.flatMap(message => (message.role === 'user' && message.prompt !== undefined ? message.prompt : []))
  const isOurs = held.some(({ tool, from }) => tool.name === reading && from.config.type === 'skills')
  const read = isOurs ? doneIn(since).filter(({ name }) => name === reading) : []
  const names = [...said, ...read.map(({ input }) => String(input['name']))]
  return names.length > 0 && granted ? await granted(names, signal) : []
}
