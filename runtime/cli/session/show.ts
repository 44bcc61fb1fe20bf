import { visible } from '../../cassette/view/layout.ts'
import { type Message, sayerOf, type ToolCall, type ToolResult, textOf } from '../../core/message.ts'
import type { SessionRecord, StoredMessage } from '../../core/session.ts'
import { jsonPage } from '../page.ts'
import { sessionsFor } from '../start.ts'
import { type Terminal, write } from '../terminal.ts'
import type { SessionOptions } from './list.ts'

/** `reprise sessions show [ID]`: what was said, message by message. */
export const sessionsShow = async (id: string, options: SessionOptions, terminal: Terminal): Promise<number> => {
  const session = await sessionsFor(options, terminal).open(id)
  await write(terminal.stdout, options.json ? jsonPage(session) : visible(pageOf(session)))
  return 0
}

const pageOf = (session: SessionRecord): string =>
  [
    `${session.starred ? '★ ' : ''}${session.title}`,
    ...headOf(session).map(([name, value]) => `  ${name.padEnd(18)}${value}`),
    '',
    ...session.messages.flatMap((stored, index) => linesOf(stored, index + 1)),
    ...(session.next ? [`next  user: ${textOf(session.next)}`] : []),
    '',
  ].join('\n')

const headOf = ({ id, created, updated, agentFile, workingDirectory, turns, usage, cost, parent }: SessionRecord) => {
  const asked = usage.input + usage.cacheRead + usage.cacheWrite
  return [
    ['id', id],
    ['begun, last used', `${minutes(created)}, ${minutes(updated)}`],
    ['agent file', agentFile],
    ['in', workingDirectory],
    ['spent', `${turns} turn${turns === 1 ? '' : 's'}, ${asked} tokens in, ${usage.output} out, $${cost.toFixed(4)}`],
    ...(parent ? [['branch of', `${parent.id}, after ${parent.at} messages`]] : []),
  ] as [string, string][]
}

const minutes = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`

/** The number stands before the first line, and everything else is indented below. */
const linesOf = (stored: StoredMessage, number: number): string[] =>
  textsOf(stored)
    .join('\n')
    .split('\n')
    .map((line, index) => `${index === 0 ? String(number).padStart(4) : '    '}  ${line}`.trimEnd())

const textsOf = ({ message, agent, isPartial }: StoredMessage): string[] => [
  ...partsOf(message, agent),
  ...(isPartial ? ['(cut off)'] : []),
]

const partsOf = (message: Message, agent: string): string[] => {
  if (message.role === 'user') return [`${sayerOf(message)}: ${textOf(message.content)}${filesIn(message.content)}`]
  if (message.role === 'tool') return message.results.map(resultText)
  const text = textOf(message.content)
  const calls = message.content.filter(part => part.type === 'tool-call').map(callText)
  return [...(text === '' ? [] : [`${agent}: ${text}`]), ...calls]
}

const callText = ({ name, input }: ToolCall): string => `→ ${name} ${JSON.stringify(input)}`

/** Lines of a result that are shown. */
const most = 12

const resultText = ({ name, content, error }: ToolResult): string => {
  const lines = textOf(content).split('\n')
  const more = lines.length > most ? [`… ${lines.length - most} more lines`] : []
  return [
    `← ${name}${error ? ` (${error})` : ''}: ${[...lines.slice(0, most), ...more].join('\n')}${filesIn(content)}`,
  ].join('')
}

const filesIn = (content: ToolResult['content']): string =>
  content.map(part => (part.type === 'file' ? ` [${part.name ?? part.mediaType}]` : '')).join('')
