import { type Look, lookOf } from './look.ts'
import type { Theme } from './theme.ts'

/** How everything looks just now, and who wants to know when that changes. */
export type Looks = {
  readonly look: () => Look
  readonly subscribe: (watcher: () => void) => () => void
  readonly dress: (theme: Theme) => void
  /** Colours for code are loaded, unless they are there or nobody would see them. */
  readonly loadColors: () => void
}

export const looksFor = (env: Readonly<Record<string, string | undefined>>): Looks => {
  let look = lookOf(env)
  let isLoading = false
  const watchers = new Set<() => void>()
  const change = (changed: Partial<Look>) => {
    look = { ...look, ...changed }
    for (const watcher of watchers) watcher()
  }
  return {
    look: () => look,
    subscribe: watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    dress: theme => change({ theme }),
    loadColors: () => {
      if (isLoading || look.theme.name === 'none') return
      isLoading = true
      void import('./highlight.ts').then(({ highlight }) => change({ highlight }))
    },
  }
}
