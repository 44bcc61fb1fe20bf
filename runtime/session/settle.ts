import type { AssistantMessage, AssistantPart, Message, ToolCall, ToolMessage, ToolResult } from '../core/message.ts'
import { noUsage } from '../core/message.ts'
import type { InterruptedCall } from '../core/session.ts'
import { blobOf, unpacked } from './blobs.ts'
import type { Row } from './database.ts'
import { messageOf, numberIn, textIn } from './rows.ts'
import type { WriteOptions } from './write.ts'

type Settling = Pick<WriteOptions, 'database' | 'id' | 'now' | 'modelOf'>

/**
 * Makes whole what a process left that ended in the middle: what was half said becomes a message that says so, and calls
 * that nobody answered get the answer that they were interrupted. Gives these calls, of the whole delegation.
 */
export const settle = (settling: Settling): readonly InterruptedCall[] => {
  const { database, id } = settling
  const pending = database.prepare('select path, kind, data from pending where session = ? order by seq').all(id)
  const paths = new Set(['', ...pending.map(row => textIn(row, 'path')), ...delegatedSince(settling)])
  const calls = [...paths].flatMap(path =>
    settlePath(
      settling,
      path,
      pending.filter(row => textIn(row, 'path') === path),
    ),
  )
  if (pending.length > 0) database.prepare('delete from pending where session = ?').run(id)
  return calls
}

/** Where members of the team speak since the agent that is spoken to has said its last. */
const delegatedSince = (settling: Settling): string[] => {
  const { database, id } = settling
  const rows = database
    .prepare("select distinct path from events where session = ? and seq > ? and type = 'message'")
    .all(id, lastMessage(settling, '')?.seq ?? 0)
  return rows.map(row => textIn(row, 'path'))
}

const settlePath = (settling: Settling, path: string, pending: readonly Row[]): readonly InterruptedCall[] => {
  const { database, modelOf } = settling
  const unpack = (text: string) => unpacked(text, hash => blobOf(database, hash))
  const of = (kind: string) => pending.filter(row => textIn(row, 'kind') === kind)
  const content = [...of('part').map(row => unpack(textIn(row, 'data')) as AssistantPart), ...halfSaid(of)]
  const last = lastMessage(settling, path)
  const agent = last?.agent ?? ''
  if (content.length > 0) {
    const message: AssistantMessage = { role: 'assistant', content, stop: 'length', usage: noUsage }
    write(settling, { path, agent, message, isPartial: true, model: modelOf(agent) })
  }
  const said = content.length > 0 ? { content, seq: Number.MAX_SAFE_INTEGER } : last && assistantIn(last)
  const asked = said?.content.filter(part => part.type === 'tool-call') ?? []
  if (!said || asked.length === 0) return []
  const known = of('result').map(row => unpack(textIn(row, 'data')) as ToolResult)
  const begun = begunSince(settling, path, said.seq)
  const results = asked.map(call => known.find(({ callId }) => callId === call.id) ?? interrupted(call, begun))
  write(settling, { path, agent, message: { role: 'tool', results } satisfies ToolMessage })
  return asked
    .filter(call => !known.some(({ callId }) => callId === call.id))
    .map(({ id, name, input }) => ({ name, input, isBegun: begun.has(id) }))
}

/** Text of which the end did not come. Thoughts without their end are of use to nobody. */
const halfSaid = (of: (kind: string) => readonly Row[]): AssistantPart[] => {
  const text = of('text-delta')
    .map(row => textIn(row, 'data'))
    .join('')
  return text === '' ? [] : [{ type: 'text', text }]
}

type Last = { readonly seq: number; readonly agent: string; readonly message: Message }

const lastMessage = ({ database, id }: Settling, path: string): Last | undefined => {
  const row = database
    .prepare(
      "select seq, agent, model, data from events where session = ? and path = ? and type = 'message' order by seq desc limit 1",
    )
    .get(id, path)
  return row && { seq: numberIn(row, 'seq'), ...messageOf(row, text => unpacked(text, hash => blobOf(database, hash))) }
}

const assistantIn = ({ message, seq }: Last) =>
  message.role === 'assistant' ? { content: message.content, seq } : undefined

/** Ids of the calls that were begun after this message. */
const begunSince = ({ database, id }: Settling, path: string, seq: number): ReadonlySet<string> => {
  const rows = database
    .prepare("select path, data from events where session = ? and seq > ? and type = 'tool-start'")
    .all(id, seq)
  const own = rows.filter(row => parentOf(textIn(row, 'path')) === path)
  return new Set(own.map(row => (JSON.parse(textIn(row, 'data')) as { call: ToolCall }).call.id))
}

const parentOf = (path: string): string => path.split('.').slice(0, -1).join('.')

const interrupted = ({ id, name }: ToolCall, begun: ReadonlySet<string>): ToolResult => ({
  callId: id,
  name,
  content: [{ type: 'text', text: begun.has(id) ? cutOff : notMade }],
  error: 'interrupted',
})

const cutOff =
  'This call was interrupted: the process ended while it was being made. It may have had its effect in whole, in part, or not at all. Look before you rely on it, and do not make it again without asking the user.'
const notMade = 'This call was not made: the process ended before.'

const write = (
  { database, id, now }: Settling,
  said: {
    readonly path: string
    readonly agent: string
    readonly message: Message
    readonly isPartial?: true
    readonly model?: string | undefined
  },
): void => {
  const { path, agent, message, isPartial, model = null } = said
  database
    .prepare(
      "insert into events (session, turn, path, agent, type, at, model, data) values (?, (select turns from sessions where id = ?), ?, ?, 'message', ?, ?, ?)",
    )
    .run(id, id, path, agent, now().getTime(), model, JSON.stringify({ message, isPartial }))
}
