import { setImmediate } from 'node:timers/promises'
import type { RunEvent } from '../core/event.ts'
import { type Act, after, initial, type State } from './store.ts'

/** The state, and who looks at it. */
export type Watched = {
  readonly state: () => State
  readonly tell: (event: RunEvent | Act) => void
  readonly subscribe: (watcher: () => void) => () => void
  /** Once everything that is over has gone to the scrollback: it is forgotten then. */
  readonly drawn: () => Promise<void>
}

/** Milliseconds between two looks while an answer streams: faster than eyes, slower than tokens. */
const glance = 40

export const watched = (): Watched => {
  let state = initial
  let timer: NodeJS.Timeout | undefined
  const watchers = new Set<() => void>()
  const look = () => {
    clearTimeout(timer)
    timer = undefined
    for (const watcher of watchers) watcher()
  }
  return {
    state: () => state,
    tell: event => {
      state = after(state, event)
      if (!event.type.endsWith('-delta')) return void look()
      timer ??= setTimeout(look, glance)
    },
    subscribe: watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    drawn: async () => {
      look()
      await setImmediate()
      if (state.blocks.length < 200) return
      state = { ...state, blocks: [] }
      look()
      await setImmediate()
    },
  }
}
