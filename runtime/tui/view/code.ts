import type { Inside } from '../state/state.ts'
import type { Line, Row } from './line.ts'

/** Colours code: its lines as spans, or nothing for a language that is not known. */
export type Highlight = (code: string, language: string) => readonly Line[] | undefined

const opener = /^\s*(`{3,}(?=[^`]*$)|~{3,})\s*([^\s`{]*)/

/** Whether the line begins a fence, or ends that which `fence` began. */
export const isFence = (line: string, fence: string | undefined): boolean => {
  const [, marks = ''] = opener.exec(line) ?? []
  if (fence === undefined) return marks !== ''
  const [, begun = ''] = opener.exec(fence) ?? []
  return line.trim() === marks && marks[0] === begun[0] && marks.length >= begun.length
}

/** How much of the code before is looked at to colour what follows: enough for a comment or a text of several lines. */
const mostBefore = 4000

/** What follows the text stands inside this. */
export const fenceAfter = (text: string, { fence, code }: Inside): Inside => {
  let inside: Inside = { fence, code }
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (isFence(line, inside.fence)) inside = { fence: inside.fence === undefined ? line : undefined, code: '' }
    else if (inside.fence !== undefined) inside = { ...inside, code: `${inside.code}${line}\n`.slice(-mostBefore) }
  }
  return inside
}

/** Lines of code, coloured by the language that their fence names. */
export const codeRows = (lines: readonly string[], { fence = '', code }: Inside, highlight?: Highlight): Row[] => {
  const [, , language = ''] = opener.exec(fence) ?? []
  const indent = /^\s*/.exec(fence)?.[0].length ?? 0
  const bare = lines.map(line => line.replace(new RegExp(`^\\s{0,${indent}}`), ''))
  const colored = language === '' ? undefined : highlight?.(`${code}${bare.join('\n')}`, language)
  const ours = colored?.slice(-bare.length)
  return bare.map((text, index) => ({
    spans: [{ text: '  ' }, ...(ours?.[index] ?? [{ text, color: 'code' as const }])],
    hang: [{ text: '  ' }],
    hard: true,
  }))
}
