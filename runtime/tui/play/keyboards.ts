import type { Key } from 'ink'
import { namesOf } from '../key-names.ts'
import { type Binding, bindings, type Here, isRequest, type Pressed, requestAt, searching } from './keys.ts'
import { at, found, foundIn, jumped, type Mode, type Player } from './player.ts'
import type { Direction } from './reel.ts'

/** What a key does to whoever looks at a film. */
export const playerKey = (player: Player, input: string, key: Key, here: Here): Pressed => {
  if (key.ctrl) return input === 'c' ? 'quit' : input === 'z' ? 'stop' : player
  let now: Player = { ...player, note: '' }
  for (const name of namesOf(input, key)) {
    const pressed = keyboards[now.mode](now, name, here)
    if (typeof pressed === 'string') return pressed
    now = pressed
  }
  return now
}

type Keyboard = (player: Player, key: string, here: Here) => Pressed

const film: Keyboard = (player, key, here) => {
  if (key === '<escape>') return { ...player, only: '' }
  return /^\d$/.test(key)
    ? at(player, Math.round((here.reel.length * Number(key)) / 10), here.reel)
    : (bindings.find(({ names }) => names.includes(key))?.press(player, here) ?? player)
}

const closed = (player: Player): Player => ({ ...player, mode: 'film', scroll: 0 })

/** Where the words that are typed belong. */
const behind = (player: Player): Player =>
  player.mode === 'search' && player.searched === 'inspect' ? { ...player, mode: 'inspect' } : closed(player)

/** A line is typed; Enter takes it. */
const typing =
  (take: (player: Player, here: Here) => Player): Keyboard =>
  (player, key, here) => {
    if (key === '<escape>') return behind(player)
    if (key === '<return>') return player.typed === '' ? behind(player) : take(behind(player), here)
    if (key === '<backspace>' || key === '<delete>') return { ...player, typed: player.typed.slice(0, -1) }
    return /^[^\p{Control}]/u.test(key) && !/^<\w+>$/.test(key) ? { ...player, typed: player.typed + key } : player
  }

const search = typing((player, here) => {
  const wanting = { ...player, wanted: player.typed }
  return player.mode === 'inspect' ? seekIn({ ...wanting, line: -1 }, 1, here) : found(wanting, 1, here.reel)
})

/** What was found stands at the top, or as near to it as the end lets it. */
const seekIn = (player: Player, direction: Direction, { lines, more }: Here): Player => {
  const next = foundIn(lines(player), player, direction)
  return { ...next, scroll: Math.min(next.scroll, more(next)) }
}

/** Reads on, up or down; nothing for other keys. */
const read = (player: Player, key: string, { page, more }: Here): Player | undefined => {
  const lines = {
    '<upArrow>': -1,
    k: -1,
    '<downArrow>': 1,
    j: 1,
    '<pageUp>': 1 - page,
    '<pageDown>': page - 1,
    ' ': page - 1,
  }
  const by = lines[key as keyof typeof lines]
  return by === undefined ? undefined : { ...player, scroll: Math.max(0, Math.min(more(player), player.scroll + by)) }
}

const help: Keyboard = (player, key, here) => {
  if (key === '<home>' || key === 'g') return { ...player, scroll: 0 }
  if (key === '<end>' || key === 'G') return { ...player, scroll: here.more(player) }
  return read(player, key, here) ?? closed(player)
}

const inspect: Keyboard = (player, key, here) => read(player, key, here) ?? pages[key]?.(player, here) ?? player

const turnTo = (player: Player, changed: Partial<Player>): Player => ({ ...player, ...changed, scroll: 0, line: -1 })

/** Another interaction, so many further on. */
const further =
  (by: Direction): Binding['press'] =>
  (player, { reel }) => {
    const { entries } = reel.film.cassette
    const ids = entries.filter(entry => player.view !== 'changes' || isRequest(entry)).map(({ id }) => id)
    return turnTo(player, { shown: ids[Math.max(0, ids.indexOf(player.shown) + by)] ?? player.shown })
  }

const viewing =
  (view: Player['view']): Binding['press'] =>
  (player, { reel }) => {
    if (player.view === view) return turnTo(player, { view: 'read' })
    return turnTo(player, { view, ...(view === 'changes' && { shown: requestAt(player.shown, reel) }) })
  }

/** The keys of an interaction in full. */
const pages: Readonly<Record<string, Binding['press']>> = {
  '<escape>': closed,
  i: closed,
  q: closed,
  '<return>': (player, { reel }) => at(closed(player), reel.placeOf(player.shown), reel),
  '<home>': player => turnTo(player, {}),
  g: player => turnTo(player, {}),
  '<end>': (player, { more }) => ({ ...player, scroll: more(player) }),
  G: (player, { more }) => ({ ...player, scroll: more(player) }),
  '<leftArrow>': further(-1),
  h: further(-1),
  '<rightArrow>': further(1),
  l: further(1),
  d: viewing('changes'),
  w: viewing('wire'),
  '/': searching('inspect'),
  n: (player, here) => seekIn(player, 1, here),
  N: (player, here) => seekIn(player, -1, here),
  c: () => 'copy',
  o: () => 'edit',
}

const keyboards: Readonly<Record<Mode, Keyboard>> = {
  film,
  inspect,
  help,
  search,
  jump: typing((player, { reel }) => jumped(player, reel)),
  fork: (player, key) => (key === 'y' || key === '<return>' ? 'fork' : closed(player)),
}
