import type { Block, Level } from '../state/state.ts'
import { changeRows, firstRows, oneLine, resultRows, shortArguments, textRows, wholeCall } from './calls.ts'
import { duration } from './duration.ts'
import { formRows } from './form-view.ts'
import { cut, fitted, harmless, type Line, type Row, type Span } from './line.ts'
import { markdownRows, type Paper } from './markdown.ts'
import type { Color } from './theme.ts'

/** What can be done with what is drawn: whether a text can be a link, and colours for code. */
export type Ink = Omit<Paper, 'room'>

/** What a block looks like in the scrollback, in rows of at most `width` columns. */
export const blockLines = (block: Block, width: number, ink: Ink = {}): Line[] => {
  const bars: Line = Array.from({ length: block.depth }, () => ({ text: '│ ', dim: true }))
  const room = Math.max(10, width - 2 * block.depth)
  const draw = drawings[block.type] as (block: Block, paper: Paper) => Row[]
  return draw(block, { ...ink, room }).flatMap(row => fitted(row, room).map(line => [...bars, ...line]))
}

type Drawings = { readonly [T in Block['type']]: (block: Extract<Block, { type: T }>, paper: Paper) => Row[] }

const blank: Row = { spans: [] }
const two: Line = [{ text: '  ' }]

/** How many lines of a result, and of a change, are shown. */
const mostResult = 4
const mostChange = 12

const mostOpen = 2000

const thought = { dim: true, italic: true } as const

type Call = Extract<Block, { type: 'call' }>

const callHead = ({ call, result, depth, agent, took = 0 }: Call): Line => [
  { text: result.error ? '✗ ' : '✓ ', color: result.error ? 'failure' : 'success' },
  ...(depth > 0 ? [{ text: `${agent} `, dim: true }] : []),
  { text: call.name, bold: true },
  { text: ` ${shortArguments(call)}` },
  ...(result.error && result.error !== 'failed' ? [{ text: ` (${result.error})`, dim: true }] : []),
  ...(took >= 1000 ? [{ text: ` ${duration(took)}`, dim: true }] : []),
]

const callBody = ({ call, result }: Call, room: number): Row[] => {
  const change = result.error ? [] : firstRows(changeRows(call), mostChange)
  return change.length > 0 ? change : resultRows(result, mostResult, room)
}

const drawings: Drawings = {
  user: ({ text }) => [
    blank,
    ...harmless(text)
      .split('\n')
      .map((line, index): Row => {
        const lead: Span = { text: index === 0 ? '> ' : '  ', color: 'accent', bold: true }
        return { spans: [lead, { text: line, bold: true }], hang: two }
      }),
  ],
  text: ({ text, isFirst, depth, agent, ...inside }, paper) => [
    ...(isFirst ? [blank] : []),
    ...(isFirst && depth > 0 ? [{ spans: [{ text: agent, bold: true }] }] : []),
    ...markdownRows(harmless(text), paper, inside),
  ],
  reasoning: ({ text, isOpen }, { room }) =>
    isOpen
      ? textRows(text.trim()).map(({ spans }, index) => ({
          spans: [{ text: index === 0 ? '∴ ' : '  ', ...thought }, ...spans.map(span => ({ ...span, ...thought }))],
          hang: two,
        }))
      : [{ spans: cut([{ text: `∴ ${oneLine(text)}`, ...thought }], room) }],
  call: (block, { room }) => [
    { spans: cut(callHead(block), room) },
    ...(block.isOpen
      ? [...wholeCall(block.call), ...resultRows(block.result, mostOpen, room - 2)]
      : callBody(block, room - 2)
    ).map(indented),
  ],
  task: ({ call }) => [
    {
      spans: [
        { text: '→ ', color: 'accent' },
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
        { text: '? ', color: 'warning', bold: true },
        { text: call.name, bold: true },
        { text: ' would run with' },
      ],
    },
    ...wholeCall(call).map(indented),
    ...(why === '' ? [] : [{ spans: [{ text: harmless(why), color: 'warning' as const }] }].map(indented)),
  ],
  form: ({ form }) => formRows(form),
  note: ({ level, text }) =>
    harmless(text.trimEnd())
      .split('\n')
      .map(line => ({ spans: [{ text: line, ...notes[level] }] })),
}

const notes: Readonly<Record<Level, { readonly dim?: boolean; readonly color?: Color }>> = {
  info: { dim: true },
  warning: { color: 'warning' },
  error: { color: 'failure' },
}

const indented = ({ spans, hang = [], hard = false }: Row): Row => ({
  spans: [...two, ...spans],
  hang: [...two, ...hang],
  hard,
})
