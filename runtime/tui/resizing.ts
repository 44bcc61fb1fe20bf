import type { Stage } from '../team/screen.ts'
import type { Tty } from './tty.ts'
import { lineWidth } from './view/line.ts'
import type { Frame } from './view/live.ts'

/**
 * What stands below the scrollback while the terminal changes its size. Terminals break long lines anew, and then the
 * lines that were drawn in place are more than were drawn; so they are erased as they stand, and drawn again when the size
 * has settled. What is over goes to the scrollback meanwhile.
 */
export type Resizing = Disposable & {
  /** Whether nothing is drawn in place. */
  readonly isOn: () => boolean
  readonly subscribe: (watcher: () => void) => () => void
  /** What will be drawn next, nothing where that is empty; `drawn` is called when it has been. */
  readonly draws: (frame: Frame | undefined) => void
  readonly drawn: () => void
  /** Called with what erases the frame, counting its lines as they were drawn. */
  readonly erases: (erase: () => void) => void
}

/** Milliseconds without a change. tmux tells only one change in 250, and has the new size itself before. */
const settled = 100
const settledInTmux = 350

export const resizingOf = (
  { stdout, env }: Pick<Stage, 'stdout' | 'env'>,
  { isLent }: Pick<Tty, 'isLent'>,
): Resizing => {
  let next: Frame | undefined
  let shown: Frame | undefined
  let erase: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let { columns } = stdout
  const watchers = new Set<() => void>()
  const turn = (to: NodeJS.Timeout | undefined) => {
    timer = to
    for (const watcher of watchers) watcher()
  }
  const onResize = () => {
    const isNarrower = stdout.columns < columns
    columns = stdout.columns
    if (isLent()) return
    const more = shown && isNarrower && breaksAnew(env) ? rowsAbove(shown, columns) - shown.cursor.y : 0
    if (shown && more > 0) stdout.write(`\x1b[${more}A`)
    if (shown) erase?.()
    shown = undefined
    clearTimeout(timer)
    turn(setTimeout(() => turn(undefined), env['TMUX'] ? settledInTmux : settled))
  }
  // Before Ink hears of it, which would count as if no line had been broken.
  stdout.prependListener('resize', onResize)
  return {
    isOn: () => timer !== undefined,
    subscribe: watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    draws: frame => {
      next = frame
    },
    drawn: () => {
      shown = next
    },
    erases: given => {
      erase = given
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      stdout.off('resize', onResize)
    },
  }
}

/**
 * The same terminal for whoever draws on it. tmux puts into its scrollback what is erased from the upper left corner on, as
 * if a whole screen had been cleared: the first column is erased by itself.
 */
export const drawingOn = ({ stdout, env }: Pick<Stage, 'stdout' | 'env'>): Stage['stdout'] => {
  if (env['TMUX'] === undefined) return stdout
  const write = (text: unknown, ...rest: unknown[]): unknown =>
    Reflect.apply(stdout.write, stdout, [
      typeof text === 'string' ? text.replaceAll(erased, erasedApart) : text,
      ...rest,
    ])
  return new Proxy(stdout, {
    get: (target, name) => {
      if (name === 'write') return write
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const erased = '\x1b[1G\x1b[J'
const erasedApart = '\x1b[1G\x1b[K\x1b[2G\x1b[J\x1b[1G'

/** How many rows are above the cursor when lines longer than `columns` are broken. */
const rowsAbove = ({ lines, cursor }: Frame, columns: number): number =>
  lines.slice(0, cursor.y).reduce((sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / columns)), 0) +
  Math.floor(cursor.x / columns)

/** These cut long lines off. All others of today break them. */
const breaksAnew = ({ TERM = '', XTERM_VERSION, STY, TMUX }: Stage['env']): boolean =>
  TMUX !== undefined || !(XTERM_VERSION || STY || /^(linux|rxvt|st\b|screen|vt\d)/.test(TERM))
