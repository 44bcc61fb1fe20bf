import { isDeepStrictEqual } from 'node:util'
import type { Message } from '../core/message.ts'

/** So often the same calls with the same results are no progress; whoever polls sees a change before that, or is stuck. */
const unchanged = 6
/** So often the same calls, whatever comes of them: a list that only grows looks like a change each time. */
const unmoved = 25
/** So many different rounds may take turns, as when agents hand a conversation to and fro. */
const periods = [1, 2, 3]

/** Whether the conversation goes round in a small circle. */
export const isRepeating = (messages: readonly Message[]): boolean =>
  goesRound(messages, unchanged, everything) || goesRound(messages, unmoved, callsOnly)

const goesRound = (messages: readonly Message[], times: number, look: (message: Message) => unknown): boolean =>
  periods.some(period => {
    const circle = 2 * period
    const last = messages.slice(-times * circle)
    if (last.length < times * circle) return false
    const first = last.slice(0, circle).map(look)
    return last.every(
      (message, index) =>
        message.role !== 'user' && !isPatient(message) && isDeepStrictEqual(look(message), first[index % circle]),
    )
  })

/** Whoever looks after work in the background waits for it each time, and may do so as often as it takes. */
const isPatient = (message: Message): boolean =>
  message.role === 'tool' && message.results.some(({ name }) => name === 'view_background_agent')

/** Ids differ from round to round and are left out. */
const everything = (message: Message): unknown =>
  message.role === 'tool'
    ? message.results.map(({ name, content, error }) => [name, content, error])
    : callsOnly(message)

const callsOnly = (message: Message): unknown =>
  message.role === 'assistant'
    ? message.content.flatMap(part => (part.type === 'tool-call' ? [[part.name, part.input]] : []))
    : message.role
