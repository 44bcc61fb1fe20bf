import { changeRows, firstRows, oneLine, resultRows, shortArguments, wholeCall } from './calls.ts'
import { formRows } from './form-view.ts'
import { type Color, cut, fitted, harmless, type Line, type Row, type Span } from './line.ts'
import { markdownRows } from './markdown.ts'
import type { Block, Level } from './store.ts'

/** What a block looks like in the scrollback, in rows of at most `width` columns. */
export const blockLines = (block: Block, width: number): Line[] => {
  const bars: Line = Array.from({ length: block.depth }, () => ({ text: '│ ', dim: true }))
  const room = Math.max(10, width - 2 * block.depth)
  const draw = drawings[block.type] as (block: Block, room: number) => Row[]
  return draw(block, room).flatMap(row => fitted(row, room).map(line => [...bars, ...line]))
}

type Drawings = { readonly [T in Block['type']]: (block: Extract<Block, { type: T }>, room: number) => Row[] }

const blank: Row = { spans: [] }
const two: Line = [{ text: '  ' }]

/** How many lines of a result, and of a change, are shown. */
const mostResult = 4
const mostChange = 12

const drawings: Drawings = {
  user: ({ text }) => [
    blank,
    ...harmless(text)
      .split('\n')
      .map((line, index): Row => {
        const lead: Span = { text: index === 0 ? '> ' : '  ', color: 'cyan', bold: true }
        return { spans: [lead, { text: line, bold: true }], hang: two }
      }),
  ],
  text: ({ text, isFirst, isCode, depth, agent }) => [
    ...(isFirst ? [blank] : []),
    ...(isFirst && depth > 0 ? [{ spans: [{ text: agent, bold: true }] }] : []),
    ...markdownRows(harmless(text), isCode),
  ],
  reasoning: ({ text }, room) => [{ spans: cut([{ text: `∴ ${oneLine(text)}`, dim: true, italic: true }], room) }],
  call: ({ call, result, depth, agent }, room) => {
    const isDone = !result.error
    const head: Line = [
      { text: isDone ? '✓ ' : '✗ ', color: isDone ? 'green' : 'red' },
      ...(depth > 0 ? [{ text: `${agent} `, dim: true }] : []),
      { text: call.name, bold: true },
      { text: ` ${shortArguments(call)}` },
      ...(result.error && result.error !== 'failed' ? [{ text: ` (${result.error})`, dim: true }] : []),
    ]
    const change = isDone ? firstRows(changeRows(call), mostChange) : []
    const body = change.length > 0 ? change : resultRows(result, mostResult, room - 2)
    return [{ spans: cut(head, room) }, ...body.map(indented)]
  },
  task: ({ call }) => [
    {
      spans: [
        { text: '→ ', color: 'blue' },
        { text: oneLine(String(call.input['agent'] ?? '')), bold: true },
        { text: ` ${oneLine(String(call.input['task'] ?? ''))}` },
      ],
      hang: two,
    },
  ],
  question: ({ call, why }) => [
    blank,
    {
      spans: [
        { text: '? ', color: 'yellow', bold: true },
        { text: call.name, bold: true },
        { text: ' would run with' },
      ],
    },
    ...wholeCall(call).map(indented),
    ...(why === '' ? [] : [{ spans: [{ text: harmless(why), color: 'yellow' as const }] }].map(indented)),
  ],
  form: ({ form }) => formRows(form),
  note: ({ level, text }) =>
    harmless(text.trimEnd())
      .split('\n')
      .map(line => ({ spans: [{ text: line, ...notes[level] }] })),
}

const notes: Readonly<Record<Level, { readonly dim?: boolean; readonly color?: Color }>> = {
  info: { dim: true },
  warning: { color: 'yellow' },
  error: { color: 'red' },
}

const indented = ({ spans, hang = [], hard = false }: Row): Row => ({
  spans: [...two, ...spans],
  hang: [...two, ...hang],
  hard,
})
