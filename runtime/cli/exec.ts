import { Failure } from '../core/errors.ts'
import { type EndReason, endings, type RunEvent } from '../core/event.ts'
import type { ContentPart } from '../core/message.ts'
import { inOrder } from '../loop/order.ts'
import type { Conversation } from '../team/open.ts'
import { exitOf, exitOfEnd } from './exit.ts'
import { type Face, faceFor } from './face.ts'
import { interruption, unread } from './interrupt.ts'
import { contentsOf } from './messages.ts'
import { named } from './named.ts'
import { type Person, personAt } from './person.ts'
import type { RunOptions } from './run-options.ts'
import { start } from './start.ts'
import { type Terminal, write } from './terminal.ts'

/** `reprise exec FILE MESSAGE…`: each message a turn, the answers printed, the exit code returned. */
export const exec = async (
  name: string,
  messages: readonly string[],
  given: RunOptions,
  terminal: Terminal,
): Promise<number> => {
  const { file, options } = await named(name, given, terminal)
  const face = faceFor(options, terminal)
  const person = personAt(terminal, face.showsQuestions)
  using interrupt = interruption(terminal.stdout)
  return await guarded(face, async () => {
    const conversation = await start(file, options, { terminal, face, person }, { liveOutput: face.liveOutput })
    if (options.dryRun) return await dryRun(conversation, terminal)
    return await finishing(conversation, face, async () => {
      const contents = withNext(conversation, await contentsOf(messages, options, terminal, interrupt.signal))
      if (contents.length === 0) throw nothingSaid
      await face.start()
      return await sayAll(conversation, contents, { face, person, signal: interrupt.signal })
    })
  })
}

/** What a branched session wants to have said goes first. */
export const withNext = ({ resumed }: Conversation, contents: readonly ContentPart[][]): ContentPart[][] => [
  ...(resumed?.next ? [[...resumed.next]] : []),
  ...contents,
]

const nothingSaid = new Failure('usage', 'There is nothing to answer.', {
  hint: 'Give a message: reprise exec agent.yaml "Hello", or - to read it from standard input.',
})

/** Of what was only to be loaded nobody expects that it used everything. */
const dryRun = async (conversation: Conversation, { stdout }: Terminal): Promise<number> => {
  await conversation.close(interrupted)
  await write(stdout, 'Dry run mode enabled. Agent initialized but will not execute.\n')
  return 0
}

export type Stage = { readonly face: Face; readonly person: Person; readonly signal: AbortSignal }

/** One turn after the other; a turn that does not come to its end is the last. */
export const sayAll = async (
  conversation: Conversation,
  contents: Iterable<ContentPart[]> | AsyncIterable<ContentPart[]>,
  stage: Stage,
): Promise<number> => {
  for await (const content of contents) {
    const reason = await sayOne(conversation, content, stage)
    if (reason !== 'done') return exitOfEnd[reason]
  }
  return 0
}

/** One turn, shown as it happens. Whatever is thrown by what was cut off, it was an interruption. */
export const sayOne = async (
  conversation: Conversation,
  content: readonly ContentPart[],
  stage: Stage,
): Promise<EndReason> => {
  const { face, signal } = stage
  const reason = await shown(conversation.say(content, signal), stage).catch((error: unknown): EndReason => {
    if (error instanceof Failure || !signal.aborted) throw error
    return 'cancelled'
  })
  const ending = endingText(reason)
  if (ending && signal.reason !== unread) await face.notice(ending)
  return reason
}

const shown = async (events: AsyncIterable<RunEvent>, { face, person }: Stage): Promise<EndReason> => {
  let reason: EndReason = 'cancelled'
  for await (const event of inOrder(events)) {
    await face.event(event)
    person.told(event)
    if (event.type === 'agent-end' && event.path.length === 0) reason = event.reason
  }
  return reason
}

const endingText = (reason: EndReason): string | undefined => {
  if (reason === 'done') return undefined
  return reason === 'cancelled' ? 'Interrupted.' : endings[reason]
}

const interrupted = new Failure('interrupted', 'The run was interrupted.')

/** Closes the conversation however the work ended, and lets what the cassette reports decide over the exit code. */
export const finishing = async (
  conversation: Conversation,
  face: Face,
  work: () => Promise<number>,
): Promise<number> => {
  let failure: unknown
  let exit = 1
  try {
    exit = await work()
  } catch (error) {
    failure = error
  }
  const isInterrupted = exit === exitOf('interrupted')
  const closing = await conversation.close(failure ?? (isInterrupted ? interrupted : undefined))
  for (const text of closing.notices) await face.notice(text)
  // What an interrupted run did not come to is no news.
  const verdict = failure ?? (isInterrupted ? undefined : closing.failure)
  if (verdict) throw verdict
  await face.end(exit)
  return exit
}

/** Expected failures are shown and become exit codes; anything else is a bug and thrown on. */
export const guarded = async (face: Face, work: () => Promise<number>): Promise<number> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    await face.failure(error)
    await face.end(exitOf(error.code))
    return exitOf(error.code)
  }
}
