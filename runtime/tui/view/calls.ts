import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { type ToolCall, type ToolResult, textOf } from '../../core/message.ts'
import { cut, harmless, type Row, settled } from './line.ts'

/** The arguments of a call in a few words: the one that says most, or each as `name: value`. */
export const shortArguments = ({ input, invalid }: ToolCall): string => {
  if (invalid !== undefined) return oneLine(invalid)
  const main = telling.find(name => typeof input[name] === 'string')
  if (input['agent'] !== undefined && input['task'] !== undefined) return oneLine(`${input['agent']}: ${input['task']}`)
  if (main !== undefined) return oneLine([input[main], ...asideOf(input, main)].join(' '))
  return oneLine(
    Object.entries(input)
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', '),
  )
}

/** Of these the first says what a call is about. */
const telling: readonly string[] = ['cmd', 'command', 'query', 'pattern', 'path', 'file_path', 'url']

/** Why a command is run, and where something is looked for. */
const asideOf = ({ description, path }: JsonObject, main: string): string[] => [
  ...(typeof description === 'string' ? [`(${description})`] : []),
  ...(main !== 'path' && typeof path === 'string' && path !== '.' ? [`in ${path}`] : []),
]

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
  const rows = [...textRows(saidIn(result)), ...files.flatMap(textRows)]
  return (result.name === 'shell' ? endRows : firstRows)(
    rows.map(({ spans }) => ({
      spans: cut(
        spans.map(span => ({ ...span, dim: true })),
        room,
      ),
    })),
    most,
  )
}

/** That a call was denied stands behind its name already. */
const saidIn = ({ name, content, error }: ToolResult): string => {
  const said = textOf(content).trim()
  const text = name === 'shell' ? settled(said) : said
  return error === 'denied' ? text.replace(/^The user rejected the tool call\.\s*/, '') : text
}

/** The first line and the last ones: what a command has come to stands at its end. */
const endRows = (rows: readonly Row[], most: number): Row[] => {
  if (rows.length <= most + 1) return [...rows]
  return [...rows.slice(0, 1), ...moreRow(rows.length - most), ...rows.slice(1 - most)]
}

const moreRow = (count: number): Row[] => [{ spans: [{ text: `… ${count} more lines (Ctrl+O)`, dim: true }] }]

export const firstRows = (rows: readonly Row[], most: number): Row[] => {
  if (rows.length <= most + 1) return [...rows]
  return [...rows.slice(0, most), ...moreRow(rows.length - most)]
}

export const textRows = (text: string): Row[] =>
  text === ''
    ? []
    : harmless(text)
        .split('\n')
        .map(line => ({ spans: [{ text: line }] }))
