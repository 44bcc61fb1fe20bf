import { useApp, useInput, useWindowSize } from 'ink'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { type ColumnsLine, columnsLines, columnWidth } from '../../cassette/view/columns-text.ts'
import { padEnd } from '../../cassette/view/layout.ts'
import type { Columns, Pairing } from '../../team/theater.ts'
import { stopped } from '../job.ts'
import { namesOf } from '../key-names.ts'
import { onOwnScreen } from '../own-screen.ts'
import { cut, harmless, type Line } from '../view/line.ts'
import { Rows } from '../view/lines.tsx'
import { lookOf } from '../view/look.ts'

/** Two runs side by side on a screen of its own, to be looked through. */
export const columns: Columns = pairing =>
  onOwnScreen<void>(pairing, leave => <Runs pairing={pairing} leave={() => leave()} />)

type RunsProps = { readonly pairing: Pairing; readonly leave: () => void }

/** Where somebody is in two runs, and what he looks for. `at` is the line of the difference that he has come to. */
type Reader = {
  readonly top: number
  readonly at: number | undefined
  /** What is being typed; absent where nothing is. */
  readonly typed?: string | undefined
  readonly wanted: string
  readonly note: string
}

const beginning: Reader = { top: 0, at: undefined, wanted: '', note: '' }

const Runs = ({ pairing, leave }: RunsProps): ReactNode => {
  const size = useWindowSize()
  const width = Math.max(20, size.columns - 1)
  const room = Math.max(1, size.rows - 4)
  const lines = useMemo(() => columnsLines(pairing.moments, width), [pairing, width])
  const [reader, setReader] = useState(beginning)
  const latest = useRef(reader)
  const look = useMemo(() => lookOf(pairing.env), [pairing])
  const { suspendTerminal } = useApp()
  useInput((input, key) => {
    if (key.ctrl) return input === 'c' ? leave() : input === 'z' ? void suspendTerminal(stopped) : undefined
    for (const name of namesOf(input, key)) {
      const next = readerKey(latest.current, name, { lines, room })
      if (next === 'quit') return leave()
      latest.current = next
    }
    setReader(latest.current)
  })
  return <Rows look={look} lines={picture(reader, { names: pairing.names, lines, width, room })} />
}

type Page = { readonly lines: readonly ColumnsLine[]; readonly room: number }

const readerKey = (reader: Reader, key: string, page: Page): Reader | 'quit' => {
  const now = { ...reader, note: '' }
  if (reader.typed !== undefined) return typing(now, reader.typed, key, page)
  if (key === 'q' || key === '<escape>') return 'quit'
  const move = moves[key]
  return move === undefined ? now : within(move(now, page), page)
}

const typing = (reader: Reader, typed: string, key: string, page: Page): Reader => {
  if (key === '<escape>') return { ...reader, typed: undefined }
  if (key === '<backspace>' || key === '<delete>') return { ...reader, typed: typed.slice(0, -1) }
  if (key === '<return>') {
    const wanted = typed === '' ? reader.wanted : typed
    return within(sought({ ...reader, typed: undefined, wanted }, 1, page), page)
  }
  return /^<\w+>$/.test(key) ? reader : { ...reader, typed: typed + key }
}

const within = (reader: Reader, { lines, room }: Page): Reader => ({
  ...reader,
  top: Math.max(0, Math.min(reader.top, Math.max(0, lines.length - room))),
})

type Move = (reader: Reader, page: Page) => Reader

const by =
  (distance: (page: Page) => number): Move =>
  (reader, page) => ({ ...reader, top: reader.top + distance(page) })

/** To where a part begins in which the two differ: from the last one that was shown, or from what is seen. */
const toDifference =
  (direction: 1 | -1): Move =>
  (reader, { lines }) => {
    const from = reader.at ?? (direction === 1 ? reader.top - 1 : reader.top)
    const isNext = (line: ColumnsLine, index: number): boolean =>
      isPart(line) && (direction === 1 ? index > from : index < from)
    const at = direction === 1 ? lines.findIndex(isNext) : lines.findLastIndex(isNext)
    if (at >= 0) return { ...reader, at, top: at }
    return { ...reader, note: `No difference ${direction === 1 ? 'after' : 'before'} this.` }
  }

const sought = (reader: Reader, direction: 1 | -1, { lines }: Page): Reader => {
  const wanted = reader.wanted.toLowerCase()
  const from = reader.at ?? reader.top - direction
  const holds = ({ before, after }: ColumnsLine, index: number): boolean =>
    (direction === 1 ? index > from : index < from) && `${before}\n${after}`.toLowerCase().includes(wanted)
  const at = direction === 1 ? lines.findIndex(holds) : lines.findLastIndex(holds)
  if (wanted !== '' && at >= 0) return { ...reader, at, top: at }
  return { ...reader, note: `${JSON.stringify(reader.wanted)} does not come after this.` }
}

const isPart = ({ differs, begins }: ColumnsLine): boolean => differs && begins

const moves: Readonly<Record<string, Move>> = {
  '<upArrow>': by(() => -1),
  k: by(() => -1),
  '<downArrow>': by(() => 1),
  j: by(() => 1),
  '<pageUp>': by(({ room }) => 1 - room),
  '<pageDown>': by(({ room }) => room - 1),
  ' ': by(({ room }) => room - 1),
  '<home>': reader => ({ ...reader, top: 0, at: undefined }),
  g: reader => ({ ...reader, top: 0, at: undefined }),
  '<end>': (reader, { lines }) => ({ ...reader, top: lines.length }),
  G: (reader, { lines }) => ({ ...reader, top: lines.length }),
  n: toDifference(1),
  N: toDifference(-1),
  '/': reader => ({ ...reader, typed: '' }),
}

type View = Page & { readonly names: Pairing['names']; readonly width: number }

const picture = (reader: Reader, { names, lines, width, room }: View): Line[] => {
  const { top, at } = reader
  const seen = lines.slice(top, top + room).map((line, index) => columnsLine(line, width, top + index === at))
  const blanks = Array.from({ length: room - seen.length }, (): Line => [])
  return [
    cut([{ text: `${padEnd(names[0], columnWidth(width))}   ${names[1]}`, bold: true }], width),
    ...seen,
    ...blanks,
    [{ text: '─'.repeat(width), dim: true }],
    cut(lastLine(reader, { lines, room }), width),
  ]
}

const lastLine = ({ top, at, typed, note }: Reader, { lines, room }: Page): Line => {
  if (typed !== undefined) return [{ text: '/', bold: true }, { text: typed }, { text: '▏', dim: true }]
  if (note !== '') return [{ text: note, color: 'warning' }]
  const starts = lines.flatMap((line, index) => (isPart(line) ? [index] : []))
  const number = at === undefined ? 0 : starts.indexOf(at) + 1
  const end = Math.min(lines.length, top + room)
  const share = lines.length <= room ? 'all of it' : `${Math.round((100 * end) / lines.length)} %`
  const differences = number > 0 ? `difference ${number} of ${starts.length}` : `${starts.length} differences`
  return [
    { text: `${differences} · ${share}  `, bold: true },
    { text: 'n N difference  ↑↓ PgUp PgDn  / search  q leave', dim: true },
  ]
}

const columnsLine = ({ before, after, differs }: ColumnsLine, width: number, isHere: boolean): Line => {
  const left = padEnd(harmless(before), columnWidth(width))
  const sign = { text: `${isHere ? '▸' : ' '}${differs ? '≠' : '│'} ` }
  return differs
    ? [
        { text: left, color: 'removed' },
        { ...sign, bold: isHere },
        { text: harmless(after), color: 'added' },
      ]
    : [
        { text: left, dim: true },
        { ...sign, dim: !isHere },
        { text: harmless(after), dim: true },
      ]
}
