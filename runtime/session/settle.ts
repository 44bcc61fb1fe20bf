import {
  type AssistantMessage,
  type AssistantPart,
  type Message,
  noUsage,
  type ToolCall,
  type ToolResult,
  textOf,
} from '../core/message.ts'
import type { InterruptedCall } from '../core/session.ts'
import { blobOf, keepBlob, packed, unpacked } from './blobs.ts'
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
    // The other index would be looked through from the beginning of the session.
    .prepare(
      "select distinct path from events indexed by events_by_session where session = ? and seq > ? and type = 'message'",
    )
    .all(id, lastMessage(settling, '')?.seq ?? 0)
  return rows.map(row => textIn(row, 'path'))
}

const settlePath = (settling: Settling, path: string, pending: readonly Row[]): readonly InterruptedCall[] => {
  const { database, modelOf } = settling
  const unpack = (text: string) => unpacked(text, hash => blobOf(database, hash))
  const of = (kind: string) => pending.filter(row => textIn(row, 'kind') === kind).map(row => textIn(row, 'data'))
  const last = lastMessage(settling, path)
  const agent = speakerAt(settling, path) ?? last?.agent ?? ''
  const said = textOf(of('part').map(data => unpack(data) as AssistantPart)) + of('text-delta').join('')
  if (said.trim() !== '') {
    // Words alone: thoughts are not taken back in pieces, and calls were never made.
    const message = {
      role: 'assistant',
      content: [{ type: 'text', text: said }],
      stop: 'interrupted',
      usage: noUsage,
    } as const
    write(settling, { path, agent, message, model: modelOf(agent) })
    return []
  }
  const asked = last?.message.role === 'assistant' ? callsIn(last.message) : []
  if (!last || asked.length === 0) return []
  const known = of('result').map(data => unpack(data) as ToolResult)
  const begun = begunSince(settling, path, last.seq)
  const results = asked.map(call => known.find(({ callId }) => callId === call.id) ?? interrupted(call, begun))
  write(settling, { path, agent, message: { role: 'tool', results } })
  return asked
    .filter(call => !known.some(({ callId }) => callId === call.id))
    .map(({ id, name, input }) => ({ name, input, isBegun: begun.has(id) }))
}

const callsIn = ({ content }: AssistantMessage): ToolCall[] => content.filter(part => part.type === 'tool-call')

/** Whoever has begun to speak there last. */
const speakerAt = ({ database, id }: Settling, path: string): string | undefined => {
  const row = database
    .prepare(
      "select agent from events where session = ? and path = ? and type in ('agent-start', 'finish', 'message') order by seq desc limit 1",
    )
    .get(id, path)
  return row && textIn(row, 'agent')
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
    readonly model?: string | undefined
  },
): void => {
  const { path, agent, message, model = null } = said
  database
    .prepare(
      "insert into events (session, turn, path, agent, type, at, model, data) values (?, (select turns from sessions where id = ?), ?, ?, 'message', ?, ?, ?)",
    )
    .run(
      id,
      id,
      path,
      agent,
      now().getTime(),
      model,
      packed({ message }, bytes => keepBlob(database, id, bytes)),
    )
}
