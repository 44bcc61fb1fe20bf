import { widthOf } from '../../core/width.ts'
import { costText, short } from '../state/spent.ts'
import type { Block, State } from '../state/state.ts'
import { blockLines } from '../view/blocks.ts'
import { cut, harmless, type Line, lineWidth, type Span } from '../view/line.ts'
import { liveLines, type Size } from '../view/live.ts'
import { bindings } from './keys.ts'
import type { Player } from './player.ts'
import type { Reel } from './reel.ts'

/** What the player shows, line by line: a film, or the text of an interaction, above what is known of the moment. */
export const pictureOf = (player: Player, { columns, rows }: Size, { reel, pages, name }: Shown): Line[] => {
  const width = Math.max(20, columns - 1)
  const foot = footOf(player, width, { reel, name })
  const room = pageLength(rows, foot.length)
  const view = views[player.mode === 'inspect' || player.mode === 'help' ? player.mode : 'film']
  const lines = view(player, { width, room, reel, pages })
  return [...lines, ...Array.from({ length: room - lines.length }, (): Line => []), ...foot]
}

export type Shown = {
  readonly reel: Reel
  /** The interactions that have been read, as text; see `pageKey`. */
  readonly pages: ReadonlyMap<string, string>
  readonly name: string
}

/** By what the text of an interaction is found: it depends on how wide it may be. */
export const pageKey = ({ shown, isWire }: Player, columns: number): string => `${shown} ${isWire} ${columns}`

/** How many lines are above the last ones. Ink draws a screen that is filled to its last line anew each time. */
const pageLength = (rows: number, foot: number): number => Math.max(1, rows - foot - 1)
export const pageOf = ({ rows }: Size): number => pageLength(rows, 4)

type Room = Pick<Shown, 'reel' | 'pages'> & { readonly width: number; readonly room: number }

/** The words of a block do not change, and a film of hours has many. */
const drawn = new WeakMap<Block, { readonly width: number; readonly lines: readonly Line[] }>()
const linesOf = (block: Block, width: number): readonly Line[] => {
  const known = drawn.get(block)
  if (known?.width === width) return known.lines
  const lines = blockLines(block, width)
  drawn.set(block, { width, lines })
  return lines
}

/** The last lines, or those so far above them; only so many blocks are drawn as are seen. */
const filmLines = ({ place, scroll }: Player, { width, room, reel }: Room): Line[] => {
  const lines = lastLines(reel.stateAt(place), width, room, room + scroll)
  const end = Math.max(room, lines.length - scroll)
  return lines.slice(Math.max(0, end - room), end)
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
    .map(line => (line === '' ? [] : cut([styledLine(line)], width)))
}

const pageLines = (player: Player, width: number, pages: Shown['pages']): string[] =>
  pages.get(pageKey(player, width))?.trimEnd().split('\n') ?? ['…']

/** How many lines there are above what is seen of a film, or below the first ones of an interaction. */
export const moreLines = (player: Player, size: Size, { reel, pages }: Pick<Shown, 'reel' | 'pages'>): number => {
  const width = Math.max(20, size.columns - 1)
  const room = pageOf(size)
  const count =
    player.mode === 'inspect'
      ? pageLines(player, width, pages).length
      : lastLines(reel.stateAt(player.place), width, room, Number.POSITIVE_INFINITY).length
  return Math.max(0, count - room)
}

/** The titles of a page stand out. */
const styledLine = (line: string): Span => {
  const text = harmless(line)
  if (text.startsWith('── ')) return { text, color: 'accent' }
  return text.startsWith('Interaction ') ? { text, bold: true } : { text }
}

const helpLines = (_: Player, { width, room }: Room): Line[] => {
  const keyWidth = Math.max(...bindings.map(({ keys }) => widthOf(keys)))
  const lines = bindings.map(
    ({ keys, does }): Line => [{ text: `  ${keys.padEnd(keyWidth)}  `, bold: true }, { text: does }],
  )
  const tenths: Line = [{ text: `  ${'0 to 9'.padEnd(keyWidth)}  `, bold: true }, { text: 'to so many tenths' }]
  const inside: Line = [
    { text: '  In a request: ↑↓ PgUp PgDn to read on, ←→ the next one, w as on the wire.', dim: true },
  ]
  return [...lines, tenths, inside].slice(0, room).map(line => cut(line, width))
}

const views = { film: filmLines, inspect: inspectLines, help: helpLines } as const

/** Four lines: what part of the film this is, how far it is, what it came to so far, and what can be done. */
const footOf = (player: Player, width: number, { reel, name }: Pick<Shown, 'reel' | 'name'>): Line[] => [
  cut([{ text: ruleOf(player, name, width), dim: true }], width),
  barLine(player, width, reel),
  fitting(factsOf(player, reel), ' · ', width),
  cut(lastLine(player, width), width),
]

const ruleOf = ({ mode, shown, isWire }: Player, name: string, width: number): string => {
  const title = mode === 'inspect' ? `${name}, interaction ${shown}${isWire ? ', as on the wire' : ''}` : name
  return `── ${title} ${'─'.repeat(Math.max(3, width - widthOf(title) - 4))}`
}

const barLine = (player: Player, width: number, reel: Reel): Line => {
  const head = `${player.isPlaying ? '▶' : '⏸'}  ${clock(player.time)} / ${clock(reel.duration)} `
  const tail = ` ${player.speed}x${player.isHasty ? ', no waits' : ''}`
  const room = Math.max(4, width - widthOf(head) - widthOf(tail))
  const share = reel.duration > 0 ? player.time / reel.duration : player.place / Math.max(1, reel.length)
  const done = Math.round(room * share)
  return [
    { text: head, bold: true },
    { text: '━'.repeat(done), color: 'accent' },
    { text: '─'.repeat(room - done), dim: true },
    { text: tail },
  ]
}

/** `1:05` for 65 seconds. */
const clock = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

const factsOf = ({ place }: Player, reel: Reel): Line[] => {
  const state = reel.stateAt(place)
  const frame = reel.frameAt(place)
  const { entries } = reel.film.cassette
  const facts = [
    `interaction ${frame?.interaction ?? 0}/${entries.at(-1)?.id ?? 0}`,
    frame?.event.agent,
    costText(state),
    modelOf(state),
    state.context > 0 && `context ${short(state.context)}`,
    `event ${place}/${reel.length}`,
  ]
  return facts.flatMap(text => (text ? [[{ text, dim: true }]] : []))
}

/** As many of them as fit, whole. */
const fitting = (pieces: readonly Line[], between: string, width: number): Line => {
  const line: Span[] = []
  for (const piece of pieces) {
    const more: Line = line.length === 0 ? piece : [{ text: between, dim: true }, ...piece]
    if (lineWidth(line) + lineWidth(more) > width) break
    line.push(...more)
  }
  return line
}

const modelOf = ({ spent, model }: State): string | undefined => spent.at(-1)?.model || model

const lastLine = ({ mode, typed, note, isPlaying }: Player, width: number): Line => {
  if (mode === 'search') return [{ text: '/', bold: true }, { text: typed }, { text: '▏', dim: true }]
  if (mode === 'jump') return [{ text: ':', bold: true }, { text: typed }, { text: '▏', dim: true }]
  if (mode === 'fork')
    return [{ text: 'Go on live from here, in a recording of its own? y n', color: 'warning', bold: true }]
  if (note !== '') return [{ text: note, color: 'warning' }]
  const told = hints[mode].map(
    ([keys, does]): Line => [
      { text: keys, bold: true },
      { text: ` ${keys === 'space' && isPlaying ? 'pause' : does}`, dim: true },
    ],
  )
  return fitting(told, '  ', width)
}

type Hint = readonly [keys: string, does: string]
const hints: Readonly<Record<'film' | 'inspect' | 'help', readonly Hint[]>> = {
  film: [
    ['?', 'keys'],
    ['q', 'leave'],
    ['space', 'play'],
    ['←→', 'event'],
    ['↑↓', 'turn'],
    ['i', 'inspect'],
    ['f', 'fork'],
    ['/', 'search'],
    ['⇥', 'agent'],
  ],
  inspect: [
    ['↑↓', 'read'],
    ['←→', 'next'],
    ['w', 'wire'],
    ['Esc', 'back'],
  ],
  help: [['any key', 'back']],
}
