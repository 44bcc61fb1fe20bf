import { blockLines } from './blocks.ts'
import { oneLine, shortArguments } from './calls.ts'
import { type Drawn, drawn } from './editor.ts'
import { formUp } from './form.ts'
import { formDrawn } from './form-view.ts'
import { cut, type Line, type Span, widthOf } from './line.ts'
import type { Asked, Reply } from './questions.ts'
import { costText, short, tokensOf } from './spent.ts'
import type { Card, Speech, State } from './store.ts'

export type Size = { readonly columns: number; readonly rows: number }
export type Frame = { readonly lines: readonly Line[]; readonly cursor: { readonly x: number; readonly y: number } }

/**
 * The part of the screen that still changes: what is being said and done, the question or the input, the status. Never
 * as high as the screen, so that it is redrawn in place; `tape` says what is recorded or replayed.
 */
export const frameOf = (state: State, { columns, rows }: Size, tape: string | undefined): Frame => {
  const width = Math.max(12, columns - 1)
  const most = Math.max(3, rows - 2)
  const input = inputOf(state, width, Math.max(1, Math.min(10, Math.floor(most / 2))), Math.min(16, most - 1))
  const queue = state.queue.slice(0, 3).map(text => cut([{ text: `  queued: ${oneLine(text)}`, dim: true }], width))
  const foot = [...queue, ...input.rows, statusLine(state, width, tape)].slice(-most)
  const room = Math.max(0, most - foot.length - 1)
  const head = liveLines(state, width, room)
  const space: Line[] = foot.length < most ? [[]] : []
  const y = head.length + space.length + Math.max(0, foot.length - input.rows.length - 1) + input.cursor.y
  return { lines: [...head, ...space, ...foot], cursor: { x: input.cursor.x, y } }
}

/** What is being said and done, in at most `room` lines. */
export const liveLines = (state: State, width: number, room: number): Line[] =>
  [...state.speeches.flatMap(speech => speechLines(speech, width, room)), ...state.cards.map(cardLine(width))]
    .slice(-room)
    .slice(0, room)

/** The last lines of what has not gone to the scrollback yet; of several sub-agents, one line each. */
const speechLines = (speech: Speech, width: number, room: number): Line[] => {
  const { agent, path, text, isCode, reasoning, told } = speech
  const depth = path.length
  if (text === '' && reasoning === '') return []
  if (text === '')
    return [cut([{ text: `${'│ '.repeat(depth)}∴ ${lastWords(reasoning, width)}`, dim: true, italic: true }], width)]
  if (depth > 0)
    return [
      cut(
        [{ text: '│ '.repeat(depth), dim: true }, { text: `${agent}: `, bold: true }, { text: lastWords(text, width) }],
        width,
      ),
    ]
  return blockLines({ type: 'text', depth, agent, text, isCode, isFirst: told === 0 }, width).slice(-room || undefined)
}

const lastWords = (text: string, width: number): string => {
  const line = oneLine(text)
  return line.length > width ? `…${line.slice(-Math.max(10, width - 24))}` : line
}

const states: Readonly<Record<Card['state'], Span>> = {
  called: { text: '○ ', dim: true },
  asked: { text: '? ', color: 'yellow' },
  running: { text: '● ', color: 'yellow' },
}

const cardLine =
  (width: number) =>
  ({ path, call, state }: Card): Line =>
    cut(
      [
        { text: '│ '.repeat(path.length - 1), dim: true },
        states[state],
        { text: call.name, bold: true },
        { text: ` ${shortArguments(call)}` },
      ],
      width,
    )

const inputOf = (state: State, width: number, most: number, mostOfForm: number): Drawn => {
  const form = formUp(state)
  if (form) return formDrawn(form, width, mostOfForm)
  const [question] = state.questions
  if (!question) return drawn(state.editor, width, most)
  if (state.replying) return drawn(state.reply, width, most, leads[state.replying])
  const waiting = state.questions.length > 1 ? ` (${state.questions.length - 1} more waiting)` : ''
  const title: Line = [
    { text: 'Run ', bold: true, color: 'yellow' },
    { text: `${question.call.name}?${waiting}`, bold: true, color: 'yellow' },
  ]
  const rows = [cut(title, width), ...keysLines(question, width)]
  return { rows, cursor: { x: Math.min(width, widthOf(`Run ${question.call.name}? `)), y: 0 } }
}

/** What stands before a reply that is being typed. */
const leads: Readonly<Record<Reply, string>> = {
  reason: 'Why not? ',
  session: 'Allow until the end: ',
  project: 'Allow in this project: ',
  arguments: 'Run it with: ',
}

const choicesFor = ({ rules }: Asked): readonly string[] => [
  'y once',
  ...(rules.length > 0 ? ['s for the session', 'p in this project'] : []),
  ...['a all', 'e edit', 'n no', 'r no, with a reason'],
]

/** The answers side by side, in as many lines as it takes. */
const keysLines = (question: Asked, width: number): Line[] => {
  const lines: string[] = ['']
  for (const choice of choicesFor(question)) {
    const last = lines.at(-1) ?? ''
    if (widthOf(last) + widthOf(choice) + 4 <= width)
      lines.splice(-1, 1, last === '' ? `  ${choice}` : `${last}  ${choice}`)
    else lines.push(`  ${choice}`)
  }
  return lines.map(text => cut([{ text }], width))
}

/** One line: who, what it has cost, what is going on. What is left of it on a narrow screen matters most. */
const statusLine = (state: State, width: number, tape: string | undefined): Line => {
  const pieces = [
    activityOf(state),
    state.isYolo ? 'yolo' : 'ask',
    tape,
    state.agent,
    state.model,
    state.context > 0 ? `${short(tokensOf(state))} tokens` : undefined,
    costText(state),
  ]
  return cut(
    pieces
      .filter(piece => piece !== undefined && piece !== '')
      .map((piece, index): Span => ({ text: index === 0 ? `${piece}` : ` · ${piece}`, dim: true })),
    width,
  )
}

const activityOf = (state: State): string | undefined => {
  if (state.isLeaving) return 'Ctrl-C again to leave'
  if (state.isInterrupting) return 'interrupting…'
  if (state.questions.length > 0 || state.forms.length > 0) return 'waiting for you'
  return state.isBusy ? 'working, Esc interrupts' : undefined
}
