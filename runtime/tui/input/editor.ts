import { type ContentPart, textOf } from '../../core/message.ts'
import { graphemes, widthOf } from '../../core/width.ts'
import { cut, fitted, harmless, type Line, type Span } from '../view/line.ts'
import { type Enclosed, nextMark, type Pasted, pastedAs, pasteMark, pasteName } from './pastes.ts'

/**
 * What is being typed. `cursor` counts UTF-16 units. A long paste is one character of `text`, from a plane of Unicode
 * that nobody writes in, and stands in `pastes`: so it moves and vanishes as a whole. `at` says which entry of the
 * history is shown; the length of the history stands for `draft`, what was typed before looking there.
 */
export type Editor = {
  readonly text: string
  readonly cursor: number
  readonly pastes: readonly Pasted[]
  readonly history: readonly string[]
  readonly at: number
  readonly draft: string
  /** What was cut last, to be put in again. */
  readonly killed: string
  /** What was typed before each change, the oldest first. */
  readonly past: readonly Pick<Editor, 'text' | 'cursor'>[]
}

export const emptyEditor: Editor = {
  ...{ text: '', cursor: 0, pastes: [], history: [], at: 0, draft: '', killed: '', past: [] },
}

/** Files to go along, by their names where the cursor is. */
export const enclose = (editor: Editor, files: readonly Enclosed[]): Editor =>
  files.reduce((before, file) => {
    const gap = /\S$/.test(before.text.slice(0, before.cursor)) ? ' ' : ''
    return marked(before, file, gap)
  }, editor)

const marked = (editor: Editor, pasted: Pasted, gap = ''): Editor => {
  const mark = nextMark(editor.pastes)
  return { ...editor, ...spliced(editor, editor.cursor, editor.cursor, gap + mark), pastes: [...editor.pastes, pasted] }
}

/** What was said before in the input again, with the files whose names stand in it. */
export const recovered = (editor: Editor, content: readonly ContentPart[]): Editor => {
  let [text, pastes] = [harmless(textOf(content.slice(0, 1))).replace(pasteMark, ''), editor.pastes]
  for (const part of content) {
    if (part.type !== 'file' || part.name === undefined || !text.includes(`[${part.name}]`)) continue
    text = text.replace(`[${part.name}]`, () => nextMark(pastes))
    pastes = [...pastes, { name: part.name, part }]
  }
  return { ...editor, ...spliced(editor, 0, editor.text.length, text), pastes }
}

export const insert = (editor: Editor, given: string): Editor => {
  const text = harmless(given).replace(pasteMark, '')
  return { ...editor, ...spliced(editor, editor.cursor, editor.cursor, text) }
}

/** A short paste as if it had been typed, a long one folded. */
export const paste = (editor: Editor, given: string): Editor => {
  const text = harmless(given).replace(pasteMark, '')
  if (text.length < 600 && text.split('\n').length <= 5) return insert(editor, text)
  return marked(editor, text)
}

/** Puts `text` in the place of what stands between two positions: one change, whatever was changed before. */
export const changed = (
  editor: Editor,
  { from, to, text }: { readonly from: number; readonly to: number; readonly text: string },
): Editor => {
  const { text: before, cursor, past } = editor
  return { ...editor, ...spliced(editor, from, to, text), past: [...past, { text: before, cursor }].slice(-mostPast) }
}

const mostPast = 100

const spliced = (
  { text, cursor, past }: Editor,
  from: number,
  to: number,
  added: string,
): Pick<Editor, 'text' | 'cursor' | 'past'> => {
  const next = text.slice(0, from) + added + text.slice(to)
  return {
    text: next,
    cursor: whole(next, from + added.length),
    // A word is undone as a whole.
    past: /^\w$/.test(added) && /\w$/.test(text.slice(0, from)) ? past : [...past, { text, cursor }].slice(-mostPast),
  }
}

/** What stood apart may be one grapheme now: the cursor is behind it then. */
const whole = (text: string, at: number): number => {
  const start = startOf(text, at)
  const line = text.slice(start, endOf(text, at))
  let place = start
  for (const one of isPlain(line) ? '' : graphemes(line)) {
    if (place >= at) return place
    place += one.length
  }
  return Math.max(at, place)
}

/** Each character for itself. */
const isPlain = (line: string): boolean => /^[\x20-\x7e]*$/.test(line)

const startOf = (text: string, at: number): number => (at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1)
const endOf = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

/** Puts `text` in the place of what stands from `from` to the cursor. */
export const completed = (editor: Editor, from: number, text: string): Editor => ({
  ...editor,
  ...spliced(editor, from, editor.cursor, text),
})

/** Other text in the place of all that was typed, as from an editor outside; long pastes are plain text then. */
export const replaced = (editor: Editor, text: string): Editor => ({
  ...editor,
  ...spliced(editor, 0, editor.text.length, harmless(text).replace(pasteMark, '')),
})

/** What was said in earlier sessions, the oldest first; long texts are folded. */
export const withHistory = (editor: Editor, texts: readonly string[]): Editor => {
  const history: string[] = []
  let { pastes } = editor
  for (const text of texts) {
    const entry = paste({ ...emptyEditor, pastes }, text)
    pastes = entry.pastes
    history.push(entry.text)
  }
  return { ...editor, pastes, history: [...history, ...editor.history], at: editor.at + history.length }
}

const left = ({ text, cursor }: Editor): number => cursor - (graphemes(text.slice(0, cursor)).at(-1)?.length ?? 0)
const right = ({ text, cursor }: Editor): number => cursor + (graphemes(text.slice(cursor))[0]?.length ?? 0)
const wordLeft = ({ text, cursor }: Editor): number =>
  whole(text, text.slice(0, cursor).replace(/\S+\s*$|\s+$/, '').length)
const wordRight = ({ text, cursor }: Editor): number =>
  whole(text, cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0))
const lineStart = ({ text, cursor }: Editor): number => startOf(text, cursor)
const lineEnd = ({ text, cursor }: Editor): number => endOf(text, cursor)

const moving =
  (to: (editor: Editor) => number) =>
  (editor: Editor): Editor => ({ ...editor, cursor: to(editor) })
const cutting =
  (to: (editor: Editor) => number) =>
  (editor: Editor): Editor => {
    const [from = 0, end = 0] = [to(editor), editor.cursor].sort((a, b) => a - b)
    if (from === end) return editor
    const next = { ...editor, ...spliced(editor, from, end, '') }
    // Whoever takes all of it away begins anew, and is not among what was said before any more.
    return next.text === '' ? { ...next, at: editor.history.length, draft: '' } : next
  }
const killing =
  (to: (editor: Editor) => number) =>
  (editor: Editor): Editor => {
    const next = cutting(to)(editor)
    const from = Math.min(to(editor), editor.cursor)
    const killed = editor.text.slice(from, from + editor.text.length - next.text.length)
    return killed === '' ? editor : { ...next, killed }
  }
const undone = (editor: Editor): Editor => {
  const before = editor.past.at(-1)
  return before ? { ...editor, ...before, past: editor.past.slice(0, -1) } : editor
}

/** To the same column of the line above or below, else to the entry of the history before or after. */
const vertical =
  (step: -1 | 1) =>
  (editor: Editor): Editor => {
    const { text, cursor } = editor
    const start = startOf(text, cursor)
    if (step < 0 ? start === 0 : endOf(text, cursor) === text.length) return recalled(editor, step)
    const target = step < 0 ? startOf(text, start - 1) : endOf(text, cursor) + 1
    const column = widthOf(text.slice(start, cursor))
    return { ...editor, cursor: target + lengthTo(text.slice(target, endOf(text, target)), column) }
  }

/** How much of a line stands before that column of a terminal. */
const lengthTo = (line: string, column: number): number => {
  let [length, used] = [0, 0]
  for (const one of graphemes(line)) {
    used += widthOf(one)
    if (used > column) break
    length += one.length
  }
  return length
}

const recalled = (editor: Editor, step: -1 | 1): Editor => {
  const at = editor.at + step
  if (at < 0 || at > editor.history.length) return editor
  const draft = editor.at === editor.history.length ? editor.text : editor.draft
  const text = at === editor.history.length ? draft : (editor.history[at] ?? '')
  return { ...editor, at, draft, text, cursor: text.length }
}

/** What keys do to what is typed, by the names that keyboard.ts gives them. */
export const edits = {
  left: moving(left),
  right: moving(right),
  wordLeft: moving(wordLeft),
  wordRight: moving(wordRight),
  lineStart: moving(lineStart),
  lineEnd: moving(lineEnd),
  up: vertical(-1),
  down: vertical(1),
  backspace: cutting(left),
  delete: cutting(right),
  deleteWord: killing(wordLeft),
  deleteNextWord: killing(wordRight),
  deleteToStart: killing(lineStart),
  deleteToEnd: killing(lineEnd),
  yank: (editor: Editor) => ({ ...editor, ...spliced(editor, editor.cursor, editor.cursor, editor.killed) }),
  undo: undone,
  newLine: (editor: Editor) => insert(editor, '\n'),
} as const satisfies Readonly<Record<string, (editor: Editor) => Editor>>

/** The empty line after something was sent; the history has it as it was typed, pastes folded. */
export const sent = (editor: Editor): Editor => {
  const { text, pastes, history, killed } = editor
  const grown = history.at(-1) === text || text.trim() === '' ? history : [...history, text]
  return { ...emptyEditor, pastes, killed, history: grown, at: grown.length }
}

export const cleared = (editor: Editor): Editor => ({
  ...editor,
  // It can be undone.
  ...(editor.text !== '' && spliced(editor, 0, editor.text.length, '')),
  at: editor.history.length,
  draft: '',
})

export type Drawn = { readonly rows: readonly Line[]; readonly cursor: { readonly x: number; readonly y: number } }

/** What stands before the first row, and what of the text is selected. */
export type Drawing = { readonly prompt?: string; readonly selected?: Stretch | undefined }
type Stretch = { readonly from: number; readonly to: number }

/** What is typed, in at most `most` rows around the cursor; `prompt` stands before the first. */
export const drawn = (
  editor: Editor,
  width: number,
  most: number,
  { prompt = '> ', selected }: Drawing = {},
): Drawn => {
  const room = Math.max(4, width - widthOf(prompt) - 1)
  const before = rowsIn(editor, editor.text.slice(0, editor.cursor), room)
  const used = before.at(-1)?.reduce((sum, { text }) => sum + widthOf(text), 0) ?? 0
  const next = graphemes(editor.text.slice(editor.cursor, editor.cursor + 32))[0]
  // Behind a full row the next letter is the first of another.
  const isFull = next !== '\n' && used + widthOf(next ?? ' ') > room
  const drawn = rowsIn(editor, editor.text, room, selected)
  const y = before.length - (isFull ? 0 : 1)
  const x = isFull ? 0 : used
  const all = y < drawn.length ? drawn : [...drawn, []]
  const first = Math.max(0, Math.min(y - most + 1, all.length - most))
  const rows = all.slice(first, first + most).map((row, index): Line => {
    const lead = first + index === 0 ? prompt : ' '.repeat(widthOf(prompt))
    return cut([{ text: lead, color: 'accent', bold: true }, ...row], width)
  })
  return { rows, cursor: { x: Math.min(x + widthOf(prompt), width - 1), y: y - first } }
}

const rowsIn = ({ pastes }: Editor, text: string, room: number, selected?: Stretch): Line[] => {
  let start = 0
  return text.split('\n').flatMap(line => {
    const spans = selectedIn(line, start, selected).flatMap(({ text, isSelected }) =>
      spansIn(pastes, text).map((span): Span => (isSelected ? { ...span, inverse: true } : span)),
    )
    start += line.length + 1
    return fitted({ spans, hard: true }, room)
  })
}

const selectedIn = (line: string, start: number, selected: Stretch = { from: 0, to: 0 }) => {
  const from = Math.max(0, selected.from - start)
  const to = Math.max(from, selected.to - start)
  return [
    { text: line.slice(0, from), isSelected: false },
    { text: line.slice(from, to), isSelected: true },
    { text: line.slice(to), isSelected: false },
  ]
}

const spansIn = (pastes: readonly Pasted[], line: string): Span[] =>
  line
    .split(/([\u{10f000}-\u{10fffd}])/u)
    .filter(piece => piece !== '')
    .map(piece => {
      const pasted = pastedAs(pastes, piece)
      return pasted === undefined ? { text: piece } : { text: pasteName(pasted), color: 'pasted' }
    })
