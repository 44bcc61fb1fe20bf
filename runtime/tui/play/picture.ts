import { widthOf } from '../../core/width.ts'
import type { Block, State } from '../state/state.ts'
import { blockLines } from '../view/blocks.ts'
import { cut, fitted, harmless, type Line, type Span } from '../view/line.ts'
import { liveLines, type Size } from '../view/live.ts'
import { perWidth } from '../view/per-width.ts'
import { footOf } from './foot.ts'
import { bindings } from './keys.ts'
import type { Player } from './player.ts'
import type { Reel } from './reel.ts'
import { legend } from './timeline.ts'

/** What the player shows, line by line: a film, or the text of an interaction, above what is known of the moment. */
export const pictureOf = (player: Player, { columns, rows }: Size, { reel, pages, name }: Shown): Line[] => {
  const width = Math.max(20, columns - 1)
  const foot = footOf(player, width, { reel, name })
  const room = pageLength(rows, foot.length)
  const lines = views[scenery(player)](player, { width, room, reel, pages })
  return [...lines, ...Array.from({ length: room - lines.length }, (): Line => []), ...foot]
}

export type Shown = {
  readonly reel: Reel
  /** The interactions that have been read, as text; see `pageKey`. */
  readonly pages: ReadonlyMap<string, string>
  readonly name: string
}

/** By what the text of an interaction is found: it depends on how wide it may be. */
export const pageKey = ({ shown, view }: Player, columns: number): string => `${shown} ${view} ${columns}`

/** What stands above the last lines: the film where words are typed for it, else what they are typed for. */
const scenery = ({ mode, searched }: Player): 'film' | 'inspect' | 'help' => {
  if (mode === 'search') return searched
  return mode === 'inspect' || mode === 'help' ? mode : 'film'
}

/** How many lines are above the last ones. Ink draws a screen that is filled to its last line anew each time. */
const pageLength = (rows: number, foot: number): number => Math.max(1, rows - foot - 1)
export const pageOf = ({ rows }: Size): number => pageLength(rows, 4)

type Room = Pick<Shown, 'reel' | 'pages'> & { readonly width: number; readonly room: number }

/** The words of a block do not change, and a film of hours has many. */
const linesOf = perWidth((block: Block, width): readonly Line[] => blockLines(block, width))

/** The last lines, or those so far above them; only so many blocks are drawn as are seen. */
const filmLines = ({ place, scroll, only }: Player, { width, room, reel }: Room): Line[] => {
  const lines = lastLines(seenOf(reel.stateAt(place), only), width, room, room + scroll)
  const end = Math.max(room, lines.length - scroll)
  return lines.slice(Math.max(0, end - room), end)
}

/** What one agent said and did, and what people said. */
const seenOf = (state: State, only: string): State => {
  if (only === '') return state
  const isSeen = (one: { readonly agent: string; readonly type?: Block['type'] }) =>
    one.agent === only || one.type === 'user'
  const { blocks, speeches, cards } = state
  return { ...state, blocks: blocks.filter(isSeen), speeches: speeches.filter(isSeen), cards: cards.filter(isSeen) }
}

const lastLines = (state: State, width: number, room: number, most: number): Line[] => {
  let lines: Line[] = liveLines(state, { width, room }).slice(-room).slice(0, room)
  for (let index = state.blocks.length - 1; index >= 0 && lines.length < most; index--) {
    const block = state.blocks[index]
    if (block) lines = [...linesOf(block, width), ...lines]
  }
  return lines
}

const inspectLines = (player: Player, { width, room, pages }: Room): Line[] => {
  const lines = pageLines(player, width, pages)
  return lines
    .slice(player.scroll, player.scroll + room)
    .map((line, index) =>
      line === '' ? [] : cut(styledLine(line, player.scroll + index === player.line ? player.wanted : ''), width),
    )
}

/** The lines of the interaction that is shown in full. */
export const pageLines = (player: Player, width: number, pages: Shown['pages']): string[] =>
  pages.get(pageKey(player, width))?.trimEnd().split('\n') ?? ['…']

/** How many lines there are above what is seen of a film, or below the first ones of an interaction. */
export const moreLines = (player: Player, size: Size, { reel, pages }: Pick<Shown, 'reel' | 'pages'>): number => {
  const width = Math.max(20, size.columns - 1)
  const room = pageOf(size)
  const most = Number.POSITIVE_INFINITY
  const counts = {
    inspect: () => pageLines(player, width, pages).length,
    help: () => helpLines(width).length,
    film: () => lastLines(seenOf(reel.stateAt(player.place), player.only), width, room, most).length,
  }
  return Math.max(0, counts[scenery(player)]() - room)
}

/** The titles of a page stand out, what comes and goes, and what was looked for. */
const styledLine = (line: string, wanted: string): Line => {
  const text = harmless(line)
  const style = styles.find(({ begins }) => begins.test(text))?.style ?? {}
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase())
  if (at < 0) return [{ ...style, text }]
  const end = at + wanted.length
  return [
    { ...style, text: text.slice(0, at) },
    { text: text.slice(at, end), color: 'warning', bold: true, underline: true },
    { ...style, text: text.slice(end) },
  ]
}

const styles: readonly { readonly begins: RegExp; readonly style: Omit<Span, 'text'> }[] = [
  { begins: /^── /, style: { color: 'accent' } },
  { begins: /^Interaction /, style: { bold: true } },
  { begins: /^ {2}problem /, style: { color: 'failure' } },
]

const helpLines = (width: number): Line[] => {
  const keyWidth = Math.max(...bindings.map(({ keys }) => widthOf(keys)))
  const line = (keys: string, does: string): Line => [
    { text: `  ${keys.padEnd(keyWidth)}  `, bold: true },
    { text: does },
  ]
  const more = [
    'In a request: ↑↓ PgUp PgDn read, ←→ the next one, d what is new in it, w as on the wire, / n N search, Enter goes to its moment.',
    legend,
  ]
  return [
    ...bindings.map(({ keys, does }) => line(keys, does)),
    line('0 to 9', 'to so many tenths'),
    ...more.flatMap(text => fitted({ spans: [{ text: `  ${text}`, dim: true }], hang: [{ text: '  ' }] }, width)),
  ].map(line => cut(line, width))
}

const shownHelp = ({ scroll }: Player, { width, room }: Room): Line[] => helpLines(width).slice(scroll, scroll + room)

const views = { film: filmLines, inspect: inspectLines, help: shownHelp } as const
