import type { Key } from 'ink'
import { at, found, jumped, type Mode, type Player, paced, stepped, toggled } from './player.ts'
import type { Reel } from './reel.ts'

/** What came of a key: how the player looks now, or that the film is left. */
export type Pressed = Player | 'quit' | 'fork'

/** What a key does to whoever looks at a film. */
export const playerKey = (player: Player, input: string, key: Key, here: Here): Pressed => {
  if (key.ctrl && input === 'c') return 'quit'
  let now = player
  for (const name of namesOf(input, key)) {
    const pressed = keyboards[now.mode](now, name, here)
    if (typeof pressed === 'string') return pressed
    now = pressed
  }
  return now
}

/** How many lines one sees at once, and how many more there are of what is shown. */
export type Here = { readonly reel: Reel; readonly page: number; readonly more: (player: Player) => number }
type Keyboard = (player: Player, key: string, here: Here) => Pressed

/** A key by its name, as `<home>`, or the letters it typed: of a quick hand several come at once. */
const namesOf = (input: string, key: Key): string[] => {
  const names = ['escape', 'return', 'tab', 'backspace', 'delete', 'pageUp', 'pageDown', 'home', 'end'] as const
  const arrows = ['leftArrow', 'rightArrow', 'upArrow', 'downArrow'] as const
  const name = [...names, ...arrows].find(one => key[one])
  if (name === undefined) return Array.from(input, letter => (letter === '\r' ? '<return>' : letter))
  return [name === 'tab' && key.shift ? '<backTab>' : `<${name}>`]
}

/** A key of the film. `keys` are its names for people, as the help shows them. */
export type Binding = {
  readonly keys: string
  readonly names: readonly string[]
  readonly does: string
  readonly press: (player: Player, here: Here) => Pressed
}

export const bindings: readonly Binding[] = [
  { keys: 'space', names: [' '], does: 'play, pause', press: (player, { reel }) => toggled(player, reel) },
  {
    keys: '→',
    names: ['<rightArrow>', 'l', '.'],
    does: 'next event',
    press: (player, { reel }) => stepped(player, 'event', 1, reel),
  },
  {
    keys: '←',
    names: ['<leftArrow>', 'h', ','],
    does: 'event before',
    press: (player, { reel }) => stepped(player, 'event', -1, reel),
  },
  {
    keys: '↓',
    names: ['<downArrow>', 'j'],
    does: 'next turn',
    press: (player, { reel }) => stepped(player, 'turn', 1, reel),
  },
  {
    keys: '↑',
    names: ['<upArrow>', 'k'],
    does: 'turn before',
    press: (player, { reel }) => stepped(player, 'turn', -1, reel),
  },
  {
    keys: 'Tab',
    names: ['<tab>'],
    does: 'next change of agent',
    press: (player, { reel }) => stepped(player, 'agent', 1, reel),
  },
  {
    keys: 'Shift-Tab',
    names: ['<backTab>'],
    does: 'change of agent before',
    press: (player, { reel }) => stepped(player, 'agent', -1, reel),
  },
  { keys: 'g', names: ['g', '<home>'], does: 'to the beginning', press: (player, { reel }) => at(player, 0, reel) },
  { keys: 'G', names: ['G', '<end>'], does: 'to the end', press: (player, { reel }) => at(player, reel.length, reel) },
  { keys: '+', names: ['+', '='], does: 'faster', press: player => paced(player, 1) },
  { keys: '-', names: ['-', '_'], does: 'slower', press: player => paced(player, -1) },
  {
    keys: 'w',
    names: ['w'],
    does: 'skip long waits, or not',
    press: player => ({ ...player, isHasty: !player.isHasty }),
  },
  { keys: ':', names: [':'], does: 'to an interaction, a time or a share', press: asking('jump') },
  { keys: '/', names: ['/'], does: 'search', press: asking('search') },
  { keys: 'n', names: ['n'], does: 'next place found', press: (player, { reel }) => found(player, 1, reel) },
  { keys: 'N', names: ['N'], does: 'place found before', press: (player, { reel }) => found(player, -1, reel) },
  {
    keys: 'PgUp',
    names: ['<pageUp>'],
    does: 'look further up',
    press: (player, { page, more }) => ({
      ...player,
      isPlaying: false,
      scroll: Math.min(more(player), player.scroll + page - 1),
    }),
  },
  {
    keys: 'PgDn',
    names: ['<pageDown>'],
    does: 'look further down',
    press: (player, { page }) => ({ ...player, scroll: Math.max(0, player.scroll - page + 1) }),
  },
  {
    keys: 'i',
    names: ['i', '<return>'],
    does: 'this request and response in full',
    press: (player, { reel }) => ({
      ...player,
      mode: 'inspect',
      isPlaying: false,
      scroll: 0,
      shown: reel.frameAt(player.place)?.interaction ?? 1,
    }),
  },
  { keys: 'f', names: ['f'], does: 'go on live from here', press: asking('fork') },
  { keys: '?', names: ['?'], does: 'these keys', press: asking('help') },
  { keys: 'q', names: ['q', '<escape>'], does: 'leave', press: () => 'quit' },
]

function asking(mode: Mode): Binding['press'] {
  return player => ({ ...player, mode, isPlaying: false, typed: '', note: '' })
}

const film: Keyboard = (player, key, here) =>
  /^\d$/.test(key)
    ? at(player, Math.round((here.reel.length * Number(key)) / 10), here.reel)
    : (bindings.find(({ names }) => names.includes(key))?.press(player, here) ?? player)

const closed = (player: Player): Player => ({ ...player, mode: 'film', scroll: 0 })

/** A line is typed; Enter takes it. */
const typing =
  (take: (player: Player, here: Here) => Player): Keyboard =>
  (player, key, here) => {
    if (key === '<escape>') return closed(player)
    if (key === '<return>') return player.typed === '' ? closed(player) : take(closed(player), here)
    if (key === '<backspace>' || key === '<delete>') return { ...player, typed: player.typed.slice(0, -1) }
    return /^[^\p{Control}]/u.test(key) && !/^<\w+>$/.test(key) ? { ...player, typed: player.typed + key } : player
  }

const inspect: Keyboard = (player, key, { reel, page, more }) => {
  const turnTo = (shown: number): Player => ({ ...player, shown, scroll: 0 })
  const moved = (lines: number): Player => ({
    ...player,
    scroll: Math.max(0, Math.min(more(player), player.scroll + lines)),
  })
  const ids = reel.film.cassette.entries.map(({ id }) => id)
  const index = ids.indexOf(player.shown)
  if (['<escape>', 'i', 'q', '<return>'].includes(key)) return closed(player)
  if (key === '<upArrow>' || key === 'k') return moved(-1)
  if (key === '<downArrow>' || key === 'j') return moved(1)
  if (key === '<pageUp>') return moved(1 - page)
  if (key === '<pageDown>' || key === ' ') return moved(page - 1)
  if (key === '<home>' || key === 'g') return turnTo(player.shown)
  if (key === '<leftArrow>' || key === 'h') return turnTo(ids[Math.max(0, index - 1)] ?? player.shown)
  if (key === '<rightArrow>' || key === 'l') return turnTo(ids[index + 1] ?? player.shown)
  return key === 'w' ? { ...turnTo(player.shown), isWire: !player.isWire } : player
}

const keyboards: Readonly<Record<Mode, Keyboard>> = {
  film,
  inspect,
  help: closed,
  search: typing((player, { reel }) => found({ ...player, wanted: player.typed }, 1, reel)),
  jump: typing((player, { reel }) => jumped(player, reel)),
  fork: (player, key) => (key === 'y' || key === '<return>' ? 'fork' : closed(player)),
}
