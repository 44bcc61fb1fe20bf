import { at, found, type Mode, type Player, paced, stepped, toggled, turnedTo } from './player.ts'
import type { Direction, Reel, Step } from './reel.ts'

/**
 * What came of a key: how the player looks now; or that the film is left; the job stopped; the cassette opened in an
 * editor; the request put on the clipboard.
 */
export type Pressed = Player | 'quit' | 'fork' | 'stop' | 'edit' | 'copy'

/** How many lines one sees at once, and how many more there are of what is shown. */
export type Here = {
  readonly reel: Reel
  readonly page: number
  readonly more: (player: Player) => number
  /** Of the interaction that is shown in full. */
  readonly lines: (player: Player) => readonly string[]
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
    press: step('event', 1),
  },
  {
    keys: '←',
    names: ['<leftArrow>', 'h', ','],
    does: 'event before',
    press: step('event', -1),
  },
  {
    keys: '↓',
    names: ['<downArrow>', 'j'],
    does: 'next turn',
    press: step('turn', 1),
  },
  {
    keys: '↑',
    names: ['<upArrow>', 'k'],
    does: 'turn before',
    press: step('turn', -1),
  },
  {
    keys: 'Tab',
    names: ['<tab>'],
    does: 'next change of agent',
    press: step('agent', 1),
  },
  {
    keys: 'Shift-Tab',
    names: ['<backTab>'],
    does: 'change of agent before',
    press: step('agent', -1),
  },
  { keys: 't', names: ['t'], does: 'next call of a tool', press: step('call', 1) },
  { keys: 'T', names: ['T'], does: 'call of a tool before', press: step('call', -1) },
  { keys: 'e', names: ['e'], does: 'next failure: a refusal, an error, a warning', press: step('failure', 1) },
  { keys: 'E', names: ['E'], does: 'failure before', press: step('failure', -1) },
  {
    keys: 'a',
    names: ['a'],
    does: 'one agent alone, the next one, all',
    press: (player, { reel }) => turnedTo(player, reel),
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
  { keys: '/', names: ['/'], does: 'search', press: searching('film') },
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
    press: (player, { reel }) => inspected(player, 'read', reel),
  },
  {
    keys: 'd',
    names: ['d'],
    does: 'what is new in this request',
    press: (player, { reel }) => inspected(player, 'changes', reel),
  },
  { keys: 'c', names: ['c'], does: 'this request to the clipboard, as curl', press: () => 'copy' },
  { keys: 'o', names: ['o'], does: 'the cassette in your editor, at this interaction', press: () => 'edit' },
  {
    keys: 'f',
    names: ['f'],
    does: 'go on live from here',
    press: (player, here) => (here.reel.film.isRead ? { ...player, note: nobodyToGoOn } : asking('fork')(player, here)),
  },
  { keys: '?', names: ['?'], does: 'these keys', press: asking('help') },
  { keys: 'Ctrl+Z', names: [], does: 'suspend; `fg` resumes', press: () => 'stop' },
  { keys: 'q', names: ['q'], does: 'leave', press: () => 'quit' },
]

function step(kind: Step, direction: Direction): Binding['press'] {
  return (player, { reel }) => stepped(player, kind, direction, reel)
}

/** In a line of the narrowest screen. */
const nobodyToGoOn = 'It holds no agent file to go on with.'

function asking(mode: Mode): Binding['press'] {
  return player => ({ ...player, mode, isPlaying: false, typed: '', scroll: mode === 'help' ? 0 : player.scroll })
}

export function searching(searched: Player['searched']): Binding['press'] {
  return player => ({ ...player, mode: 'search', searched, isPlaying: false, typed: '' })
}

const inspected = (player: Player, view: Player['view'], reel: Reel): Player => {
  const id = interactionAt(player, reel)
  const shown = view === 'changes' ? requestAt(id, reel) : id
  return { ...player, mode: 'inspect', view, isPlaying: false, scroll: 0, line: -1, shown }
}

/** The last call to a model up to there: only those grow out of one another. */
export const requestAt = (interaction: number, { film }: Reel): number =>
  film.cassette.entries.findLast(entry => entry.id <= interaction && isRequest(entry))?.id ?? interaction

export const isRequest = ({ url }: { readonly url: string }): boolean => /^https?:/.test(url)

/** The interaction that is looked at: the one in full, or that of the moment. */
export const interactionAt = ({ mode, shown, place }: Player, reel: Reel): number =>
  mode === 'inspect' ? shown : (reel.frameAt(place)?.interaction ?? reel.film.cassette.entries[0]?.id ?? 1)
