import { onOneLine } from './folder.ts'

/** What is looked for, and where. `excluded` are patterns of .gitignore; larger files, in bytes, are left out. */
export type Query = {
  readonly path: string
  readonly query: string
  readonly isPattern: boolean
  readonly excluded: readonly string[]
  readonly ignoreVcs: boolean
  readonly largestFile: number
}

/** A line in which something was found, the first time in that line; `number` counts from 1, `at` from 0. */
export type Match = {
  readonly path: string
  readonly number: number
  readonly line: string
  readonly at: number
  readonly length: number
}

/** Lines that are shown. */
export const mostMatches = 200

export const shownMatch = (match: Match): string =>
  `${onOneLine(match.path)}:${match.number}:${match.at + 1}: ${preview(match)}`

const longestLine = 200
const around = 80

const preview = ({ line, at, length }: Match): string => {
  if (line.length <= longestLine) return line.trim()
  const from = Math.max(0, at - around)
  const to = Math.min(line.length, at + Math.min(length, around) + around)
  return `${from > 0 ? '…' : ''}${line.slice(from, to).toWellFormed().trim()}${to < line.length ? '…' : ''}`
}
