import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { type ToolCall, type ToolResult, textOf } from '../../core/message.ts'
import { cut, harmless, type Row } from './line.ts'

/** The arguments of a call in a few words: the one that says most, or each as `name: value`. */
export const shortArguments = ({ input, invalid }: ToolCall): string => {
  if (invalid !== undefined) return oneLine(invalid)
  const main = ['cmd', 'command', 'path', 'file_path', 'url', 'query', 'pattern'].find(
    name => typeof input[name] === 'string',
  )
  if (input['agent'] !== undefined && input['task'] !== undefined) return oneLine(`${input['agent']}: ${input['task']}`)
  if (main !== undefined)
    return oneLine(`${input[main]}${typeof input['description'] === 'string' ? ` (${input['description']})` : ''}`)
  return oneLine(
    Object.entries(input)
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', '),
  )
}

export const oneLine = (text: string): string => harmless(text).replace(/\s+/g, ' ').trim()

/** Everything that will happen when the call goes ahead. */
export const wholeCall = (call: ToolCall): Row[] => {
  const { input, invalid } = call
  if (invalid !== undefined) return textRows(invalid)
  const change = changeRows(call)
  const shown = change.length > 0 ? changing : []
  const rest = Object.entries(input).filter(([name]) => !shown.includes(name))
  return [...rest.flatMap(([name, value]) => fieldRows(name, value)), ...change]
}

const changing: readonly string[] = ['edits', 'content']

const fieldRows = (name: string, value: Json): Row[] => {
  const [first = '', ...more] = harmless(typeof value === 'string' ? value : JSON.stringify(value, null, 2)).split('\n')
  const lead = `${name}: `
  return [
    { spans: [{ text: lead, dim: true }, { text: first }], hang: [{ text: '  ' }], hard: true },
    ...more.map(text => ({ spans: [{ text: `  ${text}` }], hang: [{ text: '  ' }], hard: true })),
  ]
}

/** What a call writes into a file, as lines that go (`-`) and lines that come (`+`); nothing for other calls. */
export const changeRows = ({ name, input }: ToolCall): Row[] => {
  const { edits, content } = input
  if (Array.isArray(edits)) return edits.filter(isJsonObject).flatMap(editRows)
  return name === 'write_file' && typeof content === 'string' ? sided(content, '+') : []
}

const editRows = (edit: JsonObject): Row[] => {
  const before = String(edit['oldText'] ?? '').split('\n')
  const after = String(edit['newText'] ?? '').split('\n')
  const start = before.findIndex((line, index) => line !== after[index])
  const same = start === -1 ? Math.min(before.length, after.length) : start
  let end = 0
  while (end < Math.min(before.length, after.length) - same && before.at(-1 - end) === after.at(-1 - end)) end++
  return [
    ...sided(before.slice(0, same).join('\n'), ' '),
    ...sided(before.slice(same, before.length - end).join('\n'), '-'),
    ...sided(after.slice(same, after.length - end).join('\n'), '+'),
    ...sided(end === 0 ? '' : before.slice(-end).join('\n'), ' '),
  ]
}

const colors = { '+': 'added', '-': 'removed', ' ': undefined } as const

const sided = (text: string, side: keyof typeof colors): Row[] => {
  const color = colors[side]
  if (text === '') return []
  return harmless(text.replace(/\n$/, ''))
    .split('\n')
    .map(line => ({
      spans: [{ text: `${side} ${line}`, ...(color ? { color } : { dim: true }) }],
      hang: [{ text: '  ' }],
      hard: true,
    }))
}

/** The first lines of what came back, a row each, and how many more there are. */
export const resultRows = (result: ToolResult, most: number, room: number): Row[] => {
  const files = result.content.flatMap(part => (part.type === 'file' ? [`[${part.name ?? part.mediaType}]`] : []))
  const rows = [...textRows(textOf(result.content).trim()), ...files.flatMap(textRows)]
  return firstRows(
    rows.map(({ spans }) => ({
      spans: cut(
        spans.map(span => ({ ...span, dim: true })),
        room,
      ),
    })),
    most,
  )
}

export const firstRows = (rows: readonly Row[], most: number): Row[] => {
  if (rows.length <= most + 1) return [...rows]
  return [...rows.slice(0, most), { spans: [{ text: `… ${rows.length - most} more lines (Ctrl+O)`, dim: true }] }]
}

export const textRows = (text: string): Row[] =>
  text === ''
    ? []
    : harmless(text)
        .split('\n')
        .map(line => ({ spans: [{ text: line }] }))
