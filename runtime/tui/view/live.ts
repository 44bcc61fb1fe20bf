import type { Path } from '../../core/event.ts'
import { tailLines } from '../../core/tail.ts'
import { widthOf } from '../../core/width.ts'
import { type Drawn, drawn, emptyEditor, insert } from '../input/editor.ts'
import { type Menu, menuLines } from '../input/menu.ts'
import { shown } from '../input/pastes.ts'
import { selection } from '../input/vim/selected.ts'
import { formUp } from '../state/form.ts'
import { helpHint, suggestion } from '../state/hint.ts'
import { type Asked, askerOf } from '../state/questions.ts'
import type { Card, Speech, State, Worker } from '../state/state.ts'
import { blockLines, type Ink } from './blocks.ts'
import { oneLine, shortArguments } from './calls.ts'
import { lasting } from './duration.ts'
import { formDrawn } from './form-view.ts'
import { cut, harmless, type Line, type Span } from './line.ts'
import { type Posed, questionRows, replyHints, replyLeads } from './question.ts'
import { statusLine } from './status.ts'

/** So many rows are given to a list. */
const mostChoices = 8

export type Size = { readonly columns: number; readonly rows: number }
export type Frame = { readonly lines: readonly Line[]; readonly cursor: { readonly x: number; readonly y: number } }

/**
 * The part of the screen that still changes: what is being said and done, the question or the input, the status. Never
 * as high as the screen, so that it is redrawn in place.
 */
export const frameOf = (state: State, { columns, rows }: Size, ink: Ink = {}): Frame => {
  const width = Math.max(12, columns - 1)
  const most = Math.max(3, rows - 2)
  const input = inputOf(state, { width, rows }, Math.max(1, Math.min(10, Math.floor(most / 2))), Math.min(16, most - 1))
  const queue = waitingLines(state, width)
  const menu = menuPart(state, width, Math.min(mostChoices, most - input.rows.length - 3))
  const foot = [...queue, ...input.rows, ...menu, statusLine(state, width)].slice(-most)
  const room = Math.max(0, most - foot.length - 1)
  const head = liveLines(unasked(state), { width, room }, ink).slice(-room).slice(0, room)
  const space: Line[] = foot.length < most ? [[]] : []
  const y = head.length + space.length + Math.max(0, foot.length - menu.length - input.rows.length - 1) + input.cursor.y
  return { lines: [...head, ...space, ...foot], cursor: { x: input.cursor.x, y } }
}

/** Calls that wait for an answer are counted behind the question. */
const unasked = (state: State): State =>
  state.questions.length === 0 ? state : { ...state, cards: state.cards.filter(card => card.state !== 'asked') }

/** What is being said and done, as a tree: a sub-agent's words below the call that began it. */
export const liveLines = (
  state: State,
  { width, room }: { readonly width: number; readonly room: number },
  ink: Ink = {},
): Line[] => {
  const panels = [...todoLines(state, width), ...shellLines(state, width)]
  const said = state.speeches.map(speech => ({
    path: speech.path,
    lines: speechLines(speech, { width, room }, ink),
  }))
  const written = writtenIn(state.cards, room - panels.length - said.flatMap(({ lines }) => lines).length)
  const cards = state.cards.map(card => ({
    path: card.path,
    lines: [cardLine(card, width, state.now), ...outputLines(card, width, written)],
  }))
  const workers = state.workers.map(worker => ({
    path: worker.path,
    lines: [workerLine(worker, width, state.now)],
  }))
  const pieces = [...workers, ...cards, ...said].sort((a, b) => byPath(a.path, b.path))
  const own = pieces.flatMap(({ path, lines }) => (path.length === 0 ? lines : []))
  const calls = pieces.flatMap(({ path, lines }) => (path.length === 0 ? [] : lines))
  return [...own, ...folded(calls, room - panels.length), ...panels]
}

/** As many lines as there is room for, and how many more there are. */
const folded = (lines: readonly Line[], room: number): readonly Line[] => {
  const most = Math.max(1, room)
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), [{ text: `… ${lines.length - most + 1} more`, dim: true }]]
}

/** How far the agent's list of things to do is, while it works: what is being done, or comes next. */
const todoLines = ({ todos, isBusy }: State, width: number): Line[] => {
  const next =
    todos.find(({ status }) => status === 'in-progress') ?? todos.find(({ status }) => status !== 'completed')
  if (!isBusy || !next) return []
  const done = todos.filter(({ status }) => status === 'completed').length
  return [cut([{ text: `☐ ${done} of ${todos.length} done · ${oneLine(next.description)}`, dim: true }], width)]
}

/** What goes along with the next message, and what will be said next. */
const waitingLines = ({ queue, attached, isSteering }: State, width: number): Line[] =>
  [
    ...(attached.length === 0 ? [] : [`along: ${attached.map(({ name }) => name).join(', ')}`]),
    ...queue.slice(0, 3).map(text => `${isSteering ? 'at the next step' : 'queued'}: ${oneLine(text)}`),
    ...(queue.length > 3 ? [`… ${queue.length - 3} more`] : []),
  ].map(text => cut([{ text: `  ${oneLine(text)}`, dim: true }], width))

/** The user's own command, with the end of what it has written. */
const shellLines = ({ shell, now }: State, width: number): Line[] => {
  if (!shell) return []
  const took = lasting(now - shell.since)
  const head: Line = [
    { text: '● ', color: 'warning' },
    { text: `! ${oneLine(shell.command)}`, bold: true },
    { text: took, dim: true },
  ]
  const tail = tailLines(shell.output, mostOfOne)
  return [head, ...tail.map((text): Line => [{ text: `  ${harmless(text)}`, dim: true }])].map(line => cut(line, width))
}

/** The order of a tree; the root's own words stand before its calls, and what is in the background in its own order. */
const byPath = (a: Path, b: Path): number => {
  const at = a.findIndex((step, index) => step !== b[index])
  if (at < 0) return a.length - b.length
  const [one = 0, other = -1] = [a[at], b[at]]
  return one < 0 && other < 0 ? other - one : one - other
}

type Room = { readonly width: number; readonly room: number }

/** The last lines of what has not gone to the scrollback yet; of several sub-agents, one line each. */
const speechLines = (speech: Speech, { width, room }: Room, ink: Ink): Line[] => {
  const { agent, path, text, reasoning, told, fence, code } = speech
  const depth = path.length
  if (text === '' && reasoning === '') return []
  const bars: Span = { text: '│ '.repeat(depth), dim: true }
  if (text === '') {
    const thought = `∴ ${depth > 0 ? `${agent}: ` : ''}${lastWords(reasoning, width)}`
    return [cut([bars, { text: thought, dim: true, italic: true }], width)]
  }
  if (depth > 0) {
    const words = lastWords(text.replace(/[*`#]+/g, ''), width)
    return [cut([bars, { text: `${agent}: `, bold: true }, { text: words }], width)]
  }
  const block = { type: 'text', depth, agent, text: wholeRows(text, fence), fence, code, isFirst: told === 0 } as const
  return blockLines(block, width, ink).slice(-room || undefined)
}

/** A row of a table that is being written is one of it already. */
const wholeRows = (text: string, fence: string | undefined): string => {
  const last = text.slice(text.lastIndexOf('\n') + 1)
  return fence === undefined && /^\s*\|/.test(last) && !/\|\s*$/.test(last) ? `${text} |` : text
}

const lastWords = (text: string, width: number): string => {
  const line = oneLine(text)
  return line.length > width ? `…${line.slice(-Math.max(10, width - 24))}` : line
}

const workerLine = ({ agent, since }: Worker, width: number, now: number): Line =>
  cut(
    [
      { text: '● ', color: 'warning' },
      { text: agent, bold: true },
      { text: ` in the background${lasting(now - since)}`, dim: true },
    ],
    width,
  )

const states: Readonly<Record<Card['state'], Span>> = {
  called: { text: '○ ', dim: true },
  asked: { text: '? ', color: 'warning' },
  running: { text: '● ', color: 'warning' },
}

const cardLine = ({ path, call, state, since }: Card, width: number, now: number): Line => {
  const took = state === 'running' ? lasting(now - since) : ''
  const head = cut(
    [
      { text: '│ '.repeat(path.length - 1), dim: true },
      states[state],
      { text: call.name, bold: true },
      { text: ` ${shortArguments(call)}` },
    ],
    width - took.length,
  )
  return [...head, ...(took === '' ? [] : [{ text: took, dim: true }])]
}

/** Lines of what a running call has written that are shown, and of what all of them have: what still changes stays small. */
const mostOfOne = 5
const mostOfAll = 6

/** How many lines each call may show of what it writes, so that all calls are seen. */
const writtenIn = (cards: readonly Card[], room: number): number => {
  const writing = cards.filter(({ output }) => output).length
  const share = Math.floor(Math.min(room - cards.length, Math.max(mostOfAll, writing)) / Math.max(1, writing))
  return Math.max(0, Math.min(mostOfOne, share))
}

/** The end of what a call has written so far, below its card. */
const outputLines = ({ path, output }: Card, width: number, most: number): Line[] =>
  most === 0
    ? []
    : tailLines(output ?? { lines: [] }, most).map(text =>
        cut([{ text: `${'│ '.repeat(path.length - 1)}  ${harmless(text)}`, dim: true }], width),
      )

const inputOf = (
  state: State,
  { width, rows }: { readonly width: number; readonly rows: number },
  most: number,
  mostOfForm: number,
): Drawn => {
  const form = formUp(state)
  if (form) return formDrawn(form, width, mostOfForm)
  const { questions, replying, menu } = state
  const [question] = questions
  if (question && replying) {
    const reply = drawn(state.reply, width, most, { prompt: replyLeads[replying] })
    return { ...reply, rows: [...reply.rows, cut([{ text: `  ${replyHints[replying]}`, dim: true }], width)] }
  }
  if (question) return withDraft(questionRows(posed(state, question, { width, rows }), width), state, width)
  if (menu?.kind === 'history' || menu?.kind === 'pick')
    return drawn(insert(emptyEditor, menu.query), width, 1, {
      prompt: `${menu.title ?? 'Search'}${countOf(menu)}: `,
    })
  const next = suggestion(state)
  if (next !== undefined) return hinted(oneLine(next), width, ' (Tab)')
  const help = helpHint(state)
  if (help !== undefined) return hinted(help, width)
  return drawn(state.editor, width, most, { selected: state.vim && selection(state.vim, state.editor) })
}

/** How many there are, where not all of them are seen. */
const countOf = ({ choices }: Menu): string => (choices.length > mostChoices ? ` (${choices.length})` : '')

/** In the place of what is typed. */
const hinted = (text: string, width: number, key = ''): Drawn => {
  const { rows, cursor } = drawn(emptyEditor, width, 1)
  const room = width - cursor.x - widthOf(key)
  return { rows: rows.map(row => [...row, ...cut([{ text, dim: true }], room), { text: key, dim: true }]), cursor }
}

/** What was being typed when the question came up is not lost. */
const withDraft = (drawn: Drawn, { editor }: State, width: number): Drawn =>
  editor.text === ''
    ? drawn
    : { ...drawn, rows: [...drawn.rows, cut([{ text: `> ${oneLine(shown(editor))}`, dim: true }], width)] }

/** So many rows below what would happen belong to the question itself. */
const belowQuestion = 6

/** What is asked about does not change, and can be long. */
const heights = new WeakMap<Asked, { readonly width: number; readonly height: number }>()

const posed = (
  state: State,
  question: Asked,
  { width, rows }: { readonly width: number; readonly rows: number },
): Posed => {
  const { path, call, why } = question
  const agent = askerOf(state, path)
  const depth = Math.max(0, path.length - 1)
  const known = heights.get(question)
  const height =
    known?.width === width ? known.height : blockLines({ type: 'question', depth, agent, call, why }, width).length
  heights.set(question, { width, height })
  return {
    question,
    agent: depth > 0 ? agent : undefined,
    waiting: state.questions.length - 1,
    hidden: height > rows - belowQuestion ? height - 1 : undefined,
  }
}

const menuPart = ({ menu, questions, forms }: State, width: number, most: number): Line[] => {
  if (!menu || questions.length + forms.length > 0 || most < 1) return []
  if (menu.choices.length === 0) {
    const text = menu.isOpen ? `Enter takes ${menu.query}` : 'nothing found'
    return [cut([{ text: `  ${text}`, dim: true }], width)]
  }
  const below = [...(menu.sample ?? []), ...hintOf(menu)].map(line => cut(line, width)).slice(2 - most)
  return most < 3 ? menuLines(menu, width, most) : [...menuLines(menu, width, most - below.length), ...below]
}

const hintOf = ({ kind, keys }: Menu): Line[] => {
  if (kind !== 'pick') return []
  const meanings = keys?.map(({ meaning }) => meaning) ?? ['Enter takes']
  return [[{ text: `  ${[...meanings, 'Esc closes'].join(' · ')}`, dim: true }]]
}
