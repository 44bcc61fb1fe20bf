import type { Happening } from './reduce.ts'
import { initial, type State } from './state.ts'
import { after } from './store.ts'

/** The state, and who looks at it. */
export type Watched = {
  readonly state: () => State
  /** The state as those who look were shown it. */
  readonly seen: () => State
  readonly tell: (event: Happening) => void
  readonly subscribe: (watcher: () => void) => () => void
  /** Until what it gives is called nothing is shown: what is drawn while somebody else has the terminal is lost. */
  readonly hold: () => () => void
}

/** Milliseconds between two looks at a run: faster than eyes, slower than tokens, and than calls that are over at once. */
const glance = 40

/** So many blocks are kept until all of them have gone to the scrollback; then they are forgotten. */
const pageLength = 200

/** `now` is in milliseconds. While something is being done, those who look are called each second. */
export const watched = (now: () => number): Watched => {
  let state = initial
  let seen = state
  let looked = Number.NEGATIVE_INFINITY
  /** How many blocks of this page stand in the scrollback. */
  let drawn = 0
  let holds = 0
  let timer: NodeJS.Timeout | undefined
  let clock: NodeJS.Timeout | undefined
  const watchers = new Set<() => void>()
  const turnPage = () => {
    if (drawn < pageLength) return
    state = { ...state, blocks: state.blocks.slice(drawn), page: state.page + 1 }
    drawn = 0
  }
  const look = () => {
    clearTimeout(timer)
    timer = undefined
    if (holds > 0) return
    looked = now()
    turnPage()
    seen = state
    const { page, blocks } = seen
    for (const watcher of watchers) watcher()
    // React draws at the end of this task.
    setImmediate(() => {
      if (page === state.page && watchers.size > 0) drawn = Math.max(drawn, blocks.length)
    })
  }
  const lookSoon = () => {
    timer ??= setTimeout(look, Math.min(glance, Math.max(0, looked + glance - now())))
  }
  const tick = () => {
    state = { ...state, now: now() }
    look()
  }
  const keepTime = () => {
    if (state.isBusy === (clock !== undefined)) return
    clearInterval(clock)
    clock = state.isBusy ? setInterval(tick, 1000) : undefined
  }
  return {
    state: () => state,
    seen: () => seen,
    tell: event => {
      state = after({ ...state, now: now() }, event)
      keepTime()
      // What a person does shows at once; what the agents do has a path, and his own commands may write fast.
      if ('path' in event || event.type === 'shell') lookSoon()
      else look()
    },
    subscribe: watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    hold: () => {
      holds++
      return () => {
        holds--
        look()
      }
    },
  }
}
