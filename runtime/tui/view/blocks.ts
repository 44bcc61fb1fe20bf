import type { Block, Level } from '../state/state.ts'
import { changeRows, firstRows, oneLine, resultRows, shortArguments, textRows, wholeCall } from './calls.ts'
import { duration } from './duration.ts'
import { formRows } from './form-view.ts'
import { cut, fitted, harmless, type Line, lineWidth, type Row, type Span } from './line.ts'
import { listRows } from './listing.ts'
import { markdownRows, type Paper } from './markdown.ts'
import { ownDrawing, thoughtIn } from './own-calls.ts'
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
/** Several sub-agents may think at a time. */
const thoughtRow = ({ depth, agent }: Block, text: string, room: number): Row => ({
  spans: cut([{ text: `∴ ${depth > 0 ? `${agent}: ` : ''}${oneLine(text)}`, ...thought }], room),
})

type Call = Extract<Block, { type: 'call' }>

type Told = { readonly about?: string; readonly isWhole?: boolean; readonly rows: readonly Row[] }

/** Long arguments are cut; what came of the call, and how long it took, is not. */
const callHead = (
  { call, result, depth, agent, isChanged, took = 0 }: Call,
  { about, isWhole }: Told,
  room: number,
): Line => {
  const tail: Line = [
    ...(isChanged ? [{ text: ' (changed)', dim: true }] : []),
    ...(result.error && result.error !== 'failed' ? [{ text: ` (${result.error.replace('-', ' ')})`, dim: true }] : []),
    ...(about === undefined || about === '' ? [] : [{ text: ` ${about}`, dim: true }]),
    ...(took >= 1000 ? [{ text: ` ${duration(took)}`, dim: true }] : []),
  ]
  const head: Line = [
    { text: result.error ? '✗ ' : '✓ ', color: result.error ? 'failure' : 'success' },
    ...(depth > 0 ? [{ text: `${agent} `, dim: true }] : []),
    { text: call.name, bold: true },
    ...(isWhole ? [] : [{ text: ` ${shortArguments(call)}` }]),
  ]
  return cut([...cut(head, Math.max(20, room - lineWidth(tail))), ...tail], room)
}

const callRows = (block: Call, room: number): Row[] => {
  const told = toldOf(block, room - 2)
  return [{ spans: callHead(block, told, room) }, ...told.rows.map(indented)]
}

const toldOf = (block: Call, room: number): Told => {
  const { call, result, isOpen, wasShown } = block
  if (isOpen) return { rows: [...wholeCall(call), ...resultRows(result, mostOpen, room)] }
  const own = ownDrawing(block)
  if (own) return own
  const change = result.error ? [] : changeRows(call)
  if (change.length === 0) return { rows: resultRows(result, mostResult, room) }
  return wasShown ? { about: countOf(change), rows: [] } : { rows: firstRows(change, mostChange) }
}

/** `+3 -1`: how many lines come and go. */
const countOf = (change: readonly Row[]): string => {
  const begin = (sign: string) => change.filter(({ spans: [first] }) => first?.text.startsWith(sign)).length
  return `+${begin('+')} -${begin('-')}`
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
  reasoning: (block, { room }) =>
    block.isOpen
      ? textRows(block.text.trim()).map(({ spans }, index) => ({
          spans: [{ text: index === 0 ? '∴ ' : '  ', ...thought }, ...spans.map(span => ({ ...span, ...thought }))],
          hang: two,
        }))
      : [thoughtRow(block, block.text, room)],
  call: (block, { room }) => {
    const idea = thoughtIn(block)
    return idea === undefined ? callRows(block, room) : [thoughtRow(block, idea, room)]
  },
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
  question: ({ call, why, depth, agent }) => [
    blank,
    {
      spans: [
        { text: '? ', color: 'warning', bold: true },
        ...(depth > 0 ? [{ text: `${agent} `, dim: true }] : []),
        { text: call.name, bold: true },
        { text: ' would run with' },
      ],
    },
    ...wholeCall(call).map(indented),
    ...(why === '' ? [] : [{ spans: [{ text: harmless(why), color: 'warning' as const }] }].map(indented)),
  ],
  form: ({ form }) => formRows(form),
  list: (block, { room }) => listRows(block, room),
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
