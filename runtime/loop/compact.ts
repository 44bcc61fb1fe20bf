import { Failure } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'
import { isOfUser, type Message, textOf, type UserMessage } from '../core/message.ts'
import { howToSumUp } from '../core/summary.ts'
import { isSummary, textIn, visible } from './context.ts'
import { callerOf, type Here } from './here.ts'

export type Compaction = {
  readonly reason: 'near' | 'overflow' | 'asked'
  /** What a person wants the summary to hold. */
  readonly wish?: string
  /** Whether the last messages stay as they are, as far as they are short. */
  readonly keepsTail: boolean
}

/** Where a conversation is made shorter. */
export type Place = Pick<Here, 'agent' | 'lane' | 'path' | 'messages' | 'signal' | 'budget'>

/** Characters of the end of a conversation that stay word for word, and of one result in what is summed up. */
const longestTail = 24_000
const longestResult = 4000
/** Characters that are summed up at once; where that is too much, half as much is tried, so often. */
const longestTranscript = 300_000
const attempts = 5

/**
 * Puts a summary, which the agent's own model makes, in place of what was said before. The end stays as it is, and no call
 * is parted from its results; what the user said last is kept word for word. Tells whether it could be done: a failure of
 * the model is told, and the conversation is as it was.
 */
export async function* compacted(
  here: Place,
  { reason, wish, keepsTail }: Compaction,
): AsyncGenerator<RunEvent, boolean> {
  const { agent, path, messages } = here
  const head = { path, agent: agent.name, type: 'compaction', reason } as const
  const replaces = cutIn(messages, keepsTail ? longestTail : 0)
  const gone = visible(messages).filter(message => isSummary(message) || messages.indexOf(message) < replaces)
  if (gone.every(isSummary)) return false
  yield { ...head, state: 'started' }
  try {
    const text = yield* summaryOf(here, gone, wish)
    const message = summaryMessage(text, lastWish(gone, messages.slice(replaces)), replaces)
    messages.push(message)
    yield { path, agent: agent.name, type: 'message', message }
    yield { ...head, state: 'done' }
    return true
  } catch (error) {
    if (here.signal.aborted && !(error instanceof Failure)) return false
    if (!(error instanceof Failure) || error.code.startsWith('cassette-')) throw error
    yield { ...head, state: 'failed' }
    yield {
      path,
      agent: agent.name,
      type: 'notice',
      level: 'warning',
      code: 'compaction',
      text: `The conversation could not be summed up: ${error.message}`,
    }
    return false
  }
}

/** How many messages are replaced: the rest is short enough to stay, and begins with no result without its call. */
const cutIn = (messages: readonly Message[], limit: number): number => {
  const before = messages.findLast(isSummary)
  const least = before?.role === 'user' ? (before.replaces ?? 0) : 0
  let cut = messages.length
  let length = 0
  for (let index = messages.length - 1; index >= least; index--) {
    const message = messages[index]
    if (!message || isSummary(message)) continue
    length += textIn(message).length
    if (length > limit) break
    if (message.role !== 'tool') cut = index
  }
  return cut
}

const summaryMessage = (summary: string, wish: string | undefined, replaces: number): UserMessage => {
  const last = wish === undefined ? '' : `\n\nThe user's last words, as they were:\n<user>\n${wish}\n</user>`
  const text = `This conversation was long. What was said before, in short:\n<summary>\n${summary}\n</summary>${last}`
  return { role: 'user', from: 'summary', replaces, content: [{ type: 'text', text }] }
}

/** What the user said last, where that does not stay anyway. */
const lastWish = (gone: readonly Message[], kept: readonly Message[]): string | undefined => {
  if (kept.some(isOfUser)) return undefined
  const last = gone.findLast(isOfUser)
  if (last) return textIn(last)
  const summary = gone.find(isSummary)
  return summary && /<user>\n([\s\S]*)\n<\/user>$/.exec(textIn(summary))?.[1]
}

type Summary = AsyncGenerator<RunEvent, string>

async function* summaryOf(here: Place, gone: readonly Message[], wish: string | undefined): Summary {
  for (let attempt = 1, limit = longestTranscript; ; attempt++, limit /= 2) {
    try {
      return yield* asked(here, transcriptOf(gone, limit), wish)
    } catch (error) {
      const isTooLong = error instanceof Failure && error.code === 'context-overflow'
      if (!isTooLong || attempt === attempts) throw error
    }
  }
}

/** Told without the words: these are no answer to anybody. */
async function* asked(here: Place, transcript: string, wish: string | undefined): Summary {
  const { agent, signal, budget, path } = here
  const task = `Sum this conversation up.${wish ? ` ${wish}` : ''}\n\n<conversation>\n${transcript}\n</conversation>`
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: task }] }]
  let text = ''
  for await (const event of agent.model(
    { caller: callerOf(here), system: [howToSumUp], stable: 1, messages, tools: [] },
    signal,
  )) {
    if (event.type === 'part') text += textOf([event.part])
    if (event.type !== 'finish') continue
    budget?.spend(event)
    yield { path, agent: agent.name, ...event }
    if (text.trim() === '') break
    return text.trim()
  }
  throw new Failure('stream-broken', 'The model gave no summary.')
}

/** The end counts most: of what is too long the beginning stays in part, and the middle is left out. */
const transcriptOf = (messages: readonly Message[], limit: number): string => {
  const text = messages.map(told).join('\n\n')
  if (text.length <= limit) return text
  const first = Math.floor(limit / 5)
  return `${text.slice(0, first)}\n\n(…)\n\n${text.slice(text.length - (limit - first))}`
}

const told = (message: Message): string => {
  if (message.role !== 'tool') return `${message.role}: ${textIn(message)}`
  return message.results
    .map(({ name, content, error }) => `result of ${name}${error ? ` (${error})` : ''}: ${shortened(textOf(content))}`)
    .join('\n')
}

const shortened = (text: string): string =>
  text.length <= longestResult
    ? text
    : `${text.slice(0, longestResult / 2)}\n(…)\n${text.slice(text.length - longestResult / 2)}`
