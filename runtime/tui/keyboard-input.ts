import { pasteBegin, pasteEnd, type Stroke, strokesIn } from './keys.ts'

/** The keyboard while it is ours. Paused, the terminal is as it was, for somebody else to use. */
export type Keyboard = Disposable & { readonly pause: () => void; readonly resume: () => void }

/** Milliseconds after which Esc was the key of that name, and not the beginning of another. */
const escapeWait = 40

/** Pastes are framed, and whether the window is looked at is told, from `on` to `off`. */
const on = '\x1b[?2004h\x1b[?1004h'
const off = '\x1b[?2004l\x1b[?1004l'

/**
 * Reads keys, from this moment on: what is pressed before the first picture is taken, too. The terminal is as it was
 * when this is disposed of, and when the process ends.
 */
export const keyboardOf = (
  { stdin, stdout }: { readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream },
  hear: (stroke: Stroke) => void,
): Keyboard => {
  const read = reader(hear)
  const restore = () => {
    stdin.setRawMode(false)
    if (!stdout.destroyed) stdout.write(off)
  }
  const resume = () => {
    stdin.setRawMode(true)
    // Whoever had the keys before, such as a film, may have left them without a hold on the process.
    stdin.ref()
    stdin.setEncoding('utf8').on('data', read).resume()
    stdout.write(on)
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
