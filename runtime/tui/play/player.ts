import type { View } from '../../cassette/view/show-one.ts'
import type { Direction, Reel, Step } from './reel.ts'

/** What the player shows: the film; one interaction in full; what the keys are; or it asks for words, or for a yes. */
export type Mode = 'film' | 'inspect' | 'help' | 'search' | 'jump' | 'fork'

/** Where somebody is in a film, and how he looks at it. */
export type Player = {
  /** Frames that have been shown. */
  readonly place: number
  /** Milliseconds of the film that have passed: between two frames it is not yet the time of the next. */
  readonly time: number
  readonly isPlaying: boolean
  /** The recorded pace times this. */
  readonly speed: number
  /** Whether nothing is waited for longer than it takes to see that something was waited for. */
  readonly isHasty: boolean
  readonly mode: Mode
  /** The one agent who is looked at; empty for all. */
  readonly only: string
  /** Lines that the view is above its end, or in an interaction or the help below its beginning. */
  readonly scroll: number
  /** What is being typed, and what was looked for last. */
  readonly typed: string
  readonly wanted: string
  readonly note: string
  /** The interaction that is shown in full, what of it, and the line in it that holds what was looked for; none is -1. */
  readonly shown: number
  readonly view: View
  readonly line: number
  /** Where words are looked for. */
  readonly searched: 'film' | 'inspect'
}

export const atBeginning: Player = {
  place: 0,
  time: 0,
  isPlaying: true,
  speed: 1,
  isHasty: false,
  mode: 'film',
  only: '',
  scroll: 0,
  typed: '',
  wanted: '',
  note: '',
  shown: 0,
  view: 'read',
  line: -1,
  searched: 'film',
}

const speeds = [0.25, 0.5, 1, 2, 4, 8, 16, 64] as const

/** A wait that a hasty player still shows, in milliseconds. */
const glimpse = 400

/** So much later, by the clock of whoever looks. */
export const later = (player: Player, milliseconds: number, reel: Reel): Player => {
  if (!player.isPlaying || player.mode !== 'film') return player
  const wanted = player.time + milliseconds * player.speed
  const next = player.place < reel.length ? reel.timeOf(player.place + 1) : reel.duration
  const time = Math.min(player.isHasty && next - player.time > glimpse ? next : wanted, reel.duration)
  const place = Math.max(player.place, reel.placeAt(time))
  return { ...player, time, place, isPlaying: place < reel.length }
}

/** At another place, standing still. */
export const at = (player: Player, place: number, reel: Reel): Player => ({
  ...player,
  place,
  time: reel.timeOf(place),
  isPlaying: false,
  scroll: 0,
})

/** Where nothing of that kind comes any more: at the end of the film, or still here with a word about it. */
export const stepped = (player: Player, kind: Step, direction: Direction, reel: Reel): Player => {
  const place = reel.step(kind, player.place, direction, player.only)
  if (place !== undefined) return at(player, place, reel)
  const what = missing[kind]
  if (what === undefined) return at(player, direction === 1 ? reel.length : 0, reel)
  return { ...player, isPlaying: false, note: `${what} ${direction === 1 ? 'after' : 'before'} this.` }
}

const missing: Readonly<Partial<Record<Step, string>>> = { call: 'No call', failure: 'Nothing failed' }

/** Looks at one agent after the other, then at all again. */
export const turnedTo = (player: Player, reel: Reel): Player => {
  const all = ['', ...reel.agents]
  return { ...player, only: all[(all.indexOf(player.only) + 1) % all.length] ?? '', scroll: 0 }
}

/** From the end it begins anew. */
export const toggled = (player: Player, reel: Reel): Player =>
  player.place >= reel.length
    ? { ...at(player, 0, reel), isPlaying: true }
    : { ...player, isPlaying: !player.isPlaying, scroll: 0 }

export const paced = (player: Player, direction: Direction): Player => {
  const index = speeds.findIndex(speed => speed >= player.speed) + direction
  return { ...player, speed: speeds[Math.max(0, Math.min(speeds.length - 1, index))] ?? 1 }
}

/** The next place that holds what was looked for, or a word that there is none. */
export const found = (player: Player, direction: Direction, reel: Reel): Player => {
  if (player.wanted === '') return { ...player, note: 'Nothing was looked for yet: / does that.' }
  const place = reel.find(player.wanted, player.place, direction, player.only)
  if (place !== undefined) return at(player, place, reel)
  return {
    ...player,
    note: `${JSON.stringify(player.wanted)} does not come ${direction === 1 ? 'after' : 'before'} this.`,
  }
}

/** The next line of what is shown in full that holds what was looked for. */
export const foundIn = (lines: readonly string[], player: Player, direction: Direction): Player => {
  const wanted = player.wanted.toLowerCase()
  const from = player.line < 0 ? player.scroll - direction : player.line
  const holds = (line: string, index: number): boolean =>
    (direction === 1 ? index > from : index < from) && line.toLowerCase().includes(wanted)
  const line = direction === 1 ? lines.findIndex(holds) : lines.findLastIndex(holds)
  if (wanted !== '' && line >= 0) return { ...player, line, scroll: line }
  return {
    ...player,
    note: `${JSON.stringify(player.wanted)} does not come ${direction === 1 ? 'below' : 'above'} this.`,
  }
}

/** At an interaction (`7`), a time (`1:30`) or a share (`50%`) of the film. */
export const jumped = (player: Player, reel: Reel): Player => {
  const [, minutes, seconds] = /^(\d+):(\d{1,2}(?:\.\d+)?)$/.exec(player.typed) ?? []
  const [, share] = /^(\d{1,3})%$/.exec(player.typed) ?? []
  if (minutes !== undefined) return at(player, reel.placeAt((Number(minutes) * 60 + Number(seconds)) * 1000), reel)
  if (share !== undefined) return at(player, Math.round((reel.length * Math.min(100, Number(share))) / 100), reel)
  if (/^\d+$/.test(player.typed)) return at(player, reel.placeOf(Number(player.typed)), reel)
  return {
    ...player,
    note: `${JSON.stringify(player.typed)} is no place: 7 is an interaction, 1:30 a time, 50% half way.`,
  }
}
