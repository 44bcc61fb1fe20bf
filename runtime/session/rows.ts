import type { SessionSummary, StoredMessage } from '../core/session.ts'
import type { Database, Row } from './database.ts'

export const textIn = (row: Row, column: string): string => String(row[column] ?? '')
export const numberIn = (row: Row, column: string): number => Number(row[column] ?? 0)
export const timeIn = (row: Row, column: string): string => new Date(numberIn(row, column)).toISOString()

/** A row of the table `sessions`. */
export const summaryOf = (row: Row): SessionSummary => ({
  id: textIn(row, 'id'),
  title: textIn(row, 'title'),
  titled: textIn(row, 'titled') as SessionSummary['titled'],
  starred: numberIn(row, 'starred') === 1,
  created: timeIn(row, 'created'),
  updated: timeIn(row, 'updated'),
  agentFile: textIn(row, 'agent_file'),
  workingDirectory: textIn(row, 'working_directory'),
  agent: textIn(row, 'agent'),
  turns: numberIn(row, 'turns'),
  usage: {
    input: numberIn(row, 'input'),
    cacheRead: numberIn(row, 'cache_read'),
    cacheWrite: numberIn(row, 'cache_write'),
    output: numberIn(row, 'output'),
    reasoning: numberIn(row, 'reasoning'),
  },
  cost: numberIn(row, 'cost'),
  ...(row['parent'] !== null && { parent: { id: textIn(row, 'parent'), at: numberIn(row, 'parent_at') } }),
})

/** A row of the table `events` that holds a message; `unpack` gives the bytes of files back. */
export const messageOf = (row: Row, unpack: (text: string) => unknown): StoredMessage => {
  const { message } = unpack(textIn(row, 'data')) as Pick<StoredMessage, 'message'>
  return {
    message,
    agent: textIn(row, 'agent'),
    ...(row['model'] !== null && { model: textIn(row, 'model') }),
    ...(message.role === 'assistant' && message.stop === 'interrupted' && { isPartial: true }),
  }
}

/** The rows of the messages between the user and the agent that he spoke to, in their order. */
export const messageRows = (database: Database, session: string, path = ''): Row[] =>
  database
    .prepare(
      "select seq, agent, model, data from events where session = ? and path = ? and type = 'message' order by seq",
    )
    .all(session, path)
