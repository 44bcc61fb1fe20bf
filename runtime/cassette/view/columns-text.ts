import type { Moment } from './columns.ts'
import { padEnd, wrapped } from './layout.ts'
import type { Page } from './show.ts'

/** A line of two columns; `differs` where the two runs do, and `begins` at the first line of a moment. */
export type ColumnsLine = {
  readonly before: string
  readonly after: string
  readonly differs: boolean
  readonly begins: boolean
}

/** The narrowest that two columns can be read in. */
const narrowest = 40

/** How wide each of two columns is. */
export const columnWidth = (width: number): number => Math.floor((Math.max(narrowest, width) - 3) / 2)

/** Each moment in as many lines as the longer of its sides takes. */
export const columnsLines = (moments: readonly Moment[], width: number): ColumnsLine[] => {
  const room = columnWidth(width)
  return moments.flatMap(({ before, after, isAlike }) => {
    const left = before ? stepLines(before, room) : []
    const right = after ? stepLines(after, room) : []
    return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => ({
      before: left[at] ?? '',
      after: right[at] ?? '',
      differs: !isAlike,
      begins: at === 0,
    }))
  })
}

const stepLines = ({ id, agent, depth, text }: NonNullable<Moment['before']>, room: number): string[] => {
  const bars = '│ '.repeat(depth)
  const head = `${String(id).padStart(4)} ${bars}`
  const says = /^[→=>!] /.test(text) ? text : `${agent}: ${text}`
  const rest = ' '.repeat(5) + bars
  return wrapped(says.trimEnd(), Math.max(8, room - head.length)).map((line, at) => `${at === 0 ? head : rest}${line}`)
}

/** Two runs side by side, as text: what differs is set off, and marked between the columns. */
export const columnsText = (
  moments: readonly Moment[],
  names: readonly [string, string],
  { style, width }: Page,
): string => {
  const room = columnWidth(width)
  const lines = columnsLines(moments, width).map(({ before, after, differs }) =>
    differs
      ? `${style.removed(padEnd(before, room))} ≠ ${style.added(after)}`.trimEnd()
      : style.faint(`${padEnd(before, room)} │ ${after}`.trimEnd()),
  )
  return `${style.strong(`${padEnd(names[0], room)}   ${names[1]}`)}\n${lines.join('\n')}\n`
}
