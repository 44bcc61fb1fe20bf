import { useInput, useWindowSize } from 'ink'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { type ColumnsLine, columnsLines, columnWidth } from '../../cassette/view/columns-text.ts'
import { padEnd } from '../../cassette/view/layout.ts'
import type { Columns, Pairing } from '../../team/theater.ts'
import { onOwnScreen } from '../own-screen.ts'
import { cut, harmless, type Line } from '../view/line.ts'
import { Lines } from '../view/lines.tsx'
import { lookOf } from '../view/look.ts'

/** Two runs side by side on a screen of its own, to be looked through. */
export const columns: Columns = pairing =>
  onOwnScreen<void>(pairing, undefined, leave => <Runs pairing={pairing} leave={() => leave()} />)

type RunsProps = { readonly pairing: Pairing; readonly leave: () => void }

const Runs = ({ pairing, leave }: RunsProps): ReactNode => {
  const size = useWindowSize()
  const width = Math.max(20, size.columns - 1)
  const room = Math.max(1, size.rows - 4)
  const lines = useMemo(() => columnsLines(pairing.moments, width), [pairing, width])
  const [top, setTop] = useState(0)
  const latest = useRef(top)
  latest.current = top
  const look = useMemo(() => lookOf(pairing.env), [pairing])
  const go = (to: number): void => {
    latest.current = Math.max(0, Math.min(to, Math.max(0, lines.length - room)))
    setTop(latest.current)
  }
  useInput((input, key) => {
    if (key.escape || (key.ctrl && input === 'c')) return leave()
    if (key.upArrow) return go(latest.current - 1)
    if (key.downArrow) return go(latest.current + 1)
    if (key.pageUp) return go(latest.current - room + 1)
    if (key.pageDown) return go(latest.current + room - 1)
    if (key.home) return go(0)
    if (key.end) return go(lines.length)
    for (const letter of input) {
      if (letter === 'q') return leave()
      go(moves[letter]?.({ at: latest.current, lines, room }) ?? latest.current)
    }
  })
  return <Lines look={look} lines={picture({ names: pairing.names, lines, top, width, room })} />
}

type Move = (here: { readonly at: number; readonly lines: readonly ColumnsLine[]; readonly room: number }) => number

const moves: Readonly<Record<string, Move>> = {
  k: ({ at }) => at - 1,
  j: ({ at }) => at + 1,
  ' ': ({ at, room }) => at + room - 1,
  g: () => 0,
  G: ({ lines }) => lines.length,
  n: ({ at, lines }) => differenceAfter(lines, at) ?? at,
  N: ({ at, lines }) => differenceBefore(lines, at) ?? at,
}

const isPart = ({ differs, begins }: ColumnsLine): boolean => differs && begins

const differenceAfter = (lines: readonly ColumnsLine[], at: number): number | undefined => {
  const next = lines.findIndex((line, index) => index > at && isPart(line))
  return next < 0 ? undefined : next
}

const differenceBefore = (lines: readonly ColumnsLine[], at: number): number | undefined => {
  const before = lines.findLastIndex((line, index) => index < at && isPart(line))
  return before < 0 ? undefined : before
}

type View = {
  readonly names: Pairing['names']
  readonly lines: readonly ColumnsLine[]
  readonly top: number
  readonly width: number
  readonly room: number
}

const picture = ({ names, lines, top, width, room }: View): Line[] => {
  const seen = lines.slice(top, top + room).map(line => columnsLine(line, width))
  const blanks = Array.from({ length: room - seen.length }, (): Line => [])
  const differences = lines.filter(isPart).length
  const share = lines.length <= room ? 'all of it' : `${Math.round((100 * (top + seen.length)) / lines.length)} %`
  const keys = '↑↓ PgUp PgDn read  n N differences  q leave'
  return [
    cut([{ text: `${padEnd(names[0], columnWidth(width))}   ${names[1]}`, bold: true }], width),
    ...seen,
    ...blanks,
    [{ text: '─'.repeat(width), dim: true }],
    cut(
      [
        { text: `${differences} differences · ${share}  `, bold: true },
        { text: keys, dim: true },
      ],
      width,
    ),
  ]
}

const columnsLine = ({ before, after, differs }: ColumnsLine, width: number): Line => {
  const left = padEnd(harmless(before), columnWidth(width))
  return differs
    ? [{ text: left, color: 'removed' }, { text: ' ≠ ' }, { text: harmless(after), color: 'added' }]
    : [{ text: `${left} │ ${harmless(after)}`, dim: true }]
}
