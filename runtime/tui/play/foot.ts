import { widthOf } from '../../core/width.ts'
import { costText, short } from '../state/spent.ts'
import { cut, type Line, lineWidth, type Span } from '../view/line.ts'
import type { Player } from './player.ts'
import type { Reel } from './reel.ts'
import { timeline } from './timeline.ts'

/** Four lines: what part of the film this is, how far it is, what it came to so far, and what can be done. */
export const footOf = (
  player: Player,
  width: number,
  { reel, name }: { readonly reel: Reel; readonly name: string },
): Line[] => [
  cut([{ text: ruleOf(player, name, width), dim: true }], width),
  barLine(player, width, reel),
  fitting(factsOf(player, reel), ' · ', width),
  cut(lastLine(player, width, reel), width),
]

const ruleOf = ({ mode, shown, view, searched, only }: Player, name: string, width: number): string => {
  const isInspected = mode === 'inspect' || (mode === 'search' && searched === 'inspect')
  const title = isInspected
    ? `${name}, interaction ${shown}${viewed[view]}`
    : `${name}${only === '' ? '' : `, ${only} alone`}`
  return `── ${title} ${'─'.repeat(Math.max(3, width - widthOf(title) - 4))}`
}

const viewed: Readonly<Record<Player['view'], string>> = {
  read: '',
  both: '',
  wire: ', as on the wire',
  changes: ', what is new in it',
}

const barLine = (player: Player, width: number, reel: Reel): Line => {
  const head = `${player.isPlaying ? '▶' : '⏸'}  ${clock(player.time, reel)} / ${clock(reel.duration, reel)} `
  const tail = ` ${player.speed}x${player.isHasty ? ', no waits' : ''}`
  const room = Math.max(4, width - widthOf(head) - widthOf(tail))
  const share = reel.duration > 0 ? player.time / reel.duration : player.place / Math.max(1, reel.length)
  return [{ text: head, bold: true }, ...timeline(reel, share, room), { text: tail }]
}

/** `1:05` for 65 seconds, and `0:01.4` in a film of less than a minute. */
const clock = (milliseconds: number, { duration }: Reel): string => {
  const tenths = Math.floor(milliseconds / 100)
  const seconds = Math.floor(tenths / 10)
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return duration < 60_000 ? `${time}.${tenths % 10}` : time
}

const factsOf = ({ place }: Player, reel: Reel): Line[] => {
  const state = reel.stateAt(place)
  const frame = reel.frameAt(place)
  const { entries } = reel.film.cassette
  const answer = reel.answerAt(place)
  const facts = [
    `interaction ${frame?.interaction ?? 0}/${entries.at(-1)?.id ?? 0}`,
    frame?.event.agent,
    costText(state),
    answer?.model ?? state.model,
    answer && answer.context > 0 && `context ${short(answer.context)}`,
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

const lastLine = ({ mode, typed, note, isPlaying }: Player, width: number, { film }: Reel): Line => {
  if (mode === 'search') return [{ text: '/', bold: true }, { text: typed }, { text: '▏', dim: true }]
  if (mode === 'jump') return [{ text: ':', bold: true }, { text: typed }, { text: '▏', dim: true }]
  if (mode === 'fork')
    return [{ text: 'y n  Go on live from here, in a recording of its own?', color: 'warning', bold: true }]
  if (note !== '') return [{ text: note, color: 'warning' }]
  const told = hints[mode]
    .filter(([keys]) => keys !== 'f' || !film.isRead)
    .map(
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
    ['t', 'call'],
    ['e', 'failure'],
    ['⇥', 'agent'],
    ['a', 'one agent'],
  ],
  inspect: [
    ['↑↓', 'read'],
    ['←→', 'next'],
    ['d', 'changes'],
    ['w', 'wire'],
    ['Esc', 'back'],
    ['Enter', 'go there'],
    ['/', 'search'],
    ['c', 'curl'],
    ['o', 'editor'],
  ],
  help: [
    ['↑↓', 'read'],
    ['any other key', 'back'],
  ],
}
