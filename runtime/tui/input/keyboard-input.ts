import type { Stage } from '../../team/screen.ts'
import { pasteBegin, pasteEnd, type Stroke, strokesIn } from './keys.ts'

/** The keyboard while it is ours. Paused, the terminal is as it was, for somebody else to use. */
export type Keyboard = Disposable & { readonly pause: () => void; readonly resume: () => void }

/** Milliseconds after which Esc was the key of that name, and not the beginning of another. */
const escapeWait = 40

/** What a terminal is told when keys are read, and when they are not any more. */
type Modes = { readonly begin: string; readonly end: string }

const frames = { on: '\x1b[?2004h', off: '\x1b[?2004l' } as const

/**
 * Pastes are framed, whether the window is looked at is told, and keys are told apart that are the same byte elsewhere,
 * such as Enter and Shift+Enter. `end` leaves the frames: shells have them on.
 */
export const modesFor = (env: Stage['env']): Modes =>
  tellsKeys(env)
    ? { begin: '\x1b[?1004h\x1b[>1u', end: '\x1b[<u\x1b[?1004l' }
    : { begin: '\x1b[?1004h', end: '\x1b[?1004l' }

/**
 * Reads keys, from this moment on: what is pressed before the first picture is taken, too. The terminal is as it was
 * when this is disposed of, and when the process ends.
 */
export const keyboardOf = (
  { stdin, stdout, env }: Pick<Stage, 'stdin' | 'stdout' | 'env'>,
  hear: (stroke: Stroke) => void,
): Keyboard => {
  const read = reader(hear)
  const { begin, end } = modesFor(env)
  const restore = () => {
    stdin.setRawMode(false)
    if (!stdout.destroyed) stdout.write(`${frames.off}${end}`)
  }
  const resume = () => {
    stdin.setRawMode(true)
    // Whoever had the keys before, such as a film, may have left them without a hold on the process.
    stdin.ref()
    stdin.setEncoding('utf8').on('data', read).resume()
    stdout.write(`${frames.on}${begin}`)
    process.on('exit', restore)
  }
  const pause = () => {
    stdin.off('data', read).pause()
    process.off('exit', restore)
    restore()
  }
  resume()
  return { pause, resume, [Symbol.dispose]: pause }
}

/** Terminals that are known to do what kitty's keyboard protocol says; others may take it for something else. */
const tellsKeys = ({ TERM = '', TERM_PROGRAM = '', KITTY_WINDOW_ID, TMUX }: Stage['env']): boolean =>
  !TMUX &&
  (KITTY_WINDOW_ID !== undefined || /kitty|foot|ghostty/.test(TERM) || /^(WezTerm|ghostty)$/.test(TERM_PROGRAM))

/** A paste may come in thousands of pieces, which are looked at once it has ended. */
const reader = (hear: (stroke: Stroke) => void): ((data: string) => void) => {
  let pieces: string[] = []
  let tail = ''
  let timer: NodeJS.Timeout | undefined
  return data => {
    clearTimeout(timer)
    pieces.push(data)
    tail = `${tail.slice(-pasteEnd.length)}${data}`
    if (pieces[0]?.startsWith(pasteBegin) && !tail.includes(pasteEnd)) return
    const { strokes, rest } = strokesIn(pieces.join(''))
    pieces = rest === '' ? [] : [rest]
    tail = rest
    for (const stroke of strokes) hear(stroke)
    if (rest === '' || rest.startsWith(pasteBegin)) return
    timer = setTimeout(() => {
      pieces = []
      for (const stroke of endless(rest)) hear(stroke)
    }, escapeWait)
  }
}

/** What the beginning of a sequence was, since no end of it has come: Esc, or Alt and a bracket. */
const endless = (rest: string): Stroke[] => {
  const [, second = ''] = rest
  if (rest.length > 2) return []
  const names = second === '' ? ['escape'] : second === '\x1b' ? ['escape', 'escape'] : [`alt+${second}`]
  return names.map(name => ({ type: 'key', name }))
}
