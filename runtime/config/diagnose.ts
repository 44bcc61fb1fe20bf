import { widthOf } from '../core/width.ts'
import type { Path } from './paths.ts'

/** From `start` up to but without `end`, as offsets into the text of a file. */
export type Span = { readonly start: number; readonly end: number }

/** What is wrong, in sentences: what it is, what was expected, which name may have been meant, what to do. */
export type Mistake = {
  readonly what: string
  readonly expected?: string
  readonly near?: string | undefined
  readonly hint?: string
}

/** A mistake by its place in the document: at the value there, at its `key`, or at a `part` of a text. */
export type Finding = Mistake & {
  readonly path: Path
  readonly key?: true
  readonly part?: string
  readonly warning?: true
}

/** A mistake by its place in the text. A warning does not keep a file from being loaded. */
export type Problem = Mistake & Span & { readonly warning?: true }

export type Source = { readonly path: string; readonly text: string }

/** Offsets count from behind a byte order mark. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '')

/** `file:line:column: what`, the line with a caret under the place, and what helps to mend it. */
export const printProblem = ({ path, text }: Source, problem: Problem): string => {
  const { line, column, content } = lineAt(withoutMark(text), problem.start)
  const length = Math.max(1, Math.min(problem.end - problem.start, content.length - column))
  return [
    `${path}:${line}:${column + 1}: ${problem.warning ? 'warning: ' : ''}${problem.what}`,
    ...excerpt(line, content, { start: column, end: column + length }),
    ...helpFor(problem)
      .flatMap(wrapped)
      .map(text => `    ${text}`),
  ]
    .map(visible)
    .join('\n')
}

const lineAt = (text: string, offset: number): { line: number; column: number; content: string } => {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  const column = before.at(-1)?.length ?? 0
  const rest = text.slice(offset - column)
  return { line: before.length, column, content: rest.slice(0, rest.search(/\r|\n|$/)) }
}

/** A long line is shown from shortly before the place on. */
const widest = 100

const excerpt = (line: number, content: string, { start, end }: Span): string[] => {
  if (content.trim() === '') return []
  const from = end > widest ? Math.max(0, start - 20) : 0
  const shown = content.slice(from, from + widest)
  const cut = { before: from > 0 ? '…' : '', after: from + widest < content.length ? '…' : '' }
  const margin = ' '.repeat(String(line).length)
  const indent = ' '.repeat(shownWidth(content.slice(from, start)) + cut.before.length)
  const carets = '^'.repeat(Math.max(1, shownWidth(content.slice(start, Math.min(end, from + widest)))))
  return [`  ${line} | ${cut.before}${shown}${cut.after}`, `  ${margin} | ${indent}${carets}`]
}

/** A tab is as wide as an arrow, and can be seen as one. What commands a terminal is shown, and not obeyed. */
const visible = (text: string): string =>
  text
    .replaceAll('\t', '→')
    .replace(/\p{Cc}/gu, letter => (letter < ' ' ? String.fromCharCode(0x2400 + letter.charCodeAt(0)) : '␡'))

const shownWidth = (text: string): number => widthOf(visible(text))

const helpFor = ({ expected, near, hint }: Mistake): string[] => [
  ...(near === undefined ? [] : [`Did you mean ${near}?`]),
  ...(expected === undefined ? [] : [`Expected ${expected}.`]),
  ...(hint === undefined ? [] : [hint]),
]

/** Lines of at most `widest` letters, broken between words. */
const wrapped = (text: string): string[] =>
  text.match(new RegExp(`.{1,${widest}}(?= |$)|\\S+`, 'g'))?.map(line => line.trim()) ?? []
