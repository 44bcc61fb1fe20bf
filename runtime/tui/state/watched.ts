import { setImmediate } from 'node:timers/promises'
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
  /** Once everything that is over has gone to the scrollback: it is forgotten then. */
  readonly drawn: () => Promise<void>
  /** Until what it gives is called nothing is shown: what is drawn while somebody else has the terminal is lost. */
  readonly hold: () => () => void
}

/** Milliseconds between two looks while an answer streams: faster than eyes, slower than tokens. */
const glance = 40

/** `now` is in milliseconds. While something is being done, those who look are called each second. */
export const watched = (now: () => number): Watched => {
  let state = initial
  let seen = state
  let holds = 0
  let timer: NodeJS.Timeout | undefined
  let clock: NodeJS.Timeout | undefined
  const watchers = new Set<() => void>()
  const look = () => {
    clearTimeout(timer)
    timer = undefined
    if (holds > 0) return
    seen = state
    for (const watcher of watchers) watcher()
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
      const before = state
      state = after({ ...state, now: now() }, event)
      keepTime()
      if (event.type.endsWith('-delta')) timer ??= setTimeout(look, glance)
      else if (state !== before) look()
    },
    subscribe: watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    drawn: async () => {
      look()
      await setImmediate()
      if (state.blocks.length < 200 || holds > 0) return
      state = { ...state, blocks: [] }
      look()
      await setImmediate()
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
