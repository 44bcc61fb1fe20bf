import { Failure } from '../../core/errors.ts'
import type { ContentPart } from '../../core/message.ts'
import type { Stage } from '../../team/screen.ts'
import type { Choice } from './menu.ts'

/** The files of the working directory, as an input names them: `@path`. */
export type Files = {
  /** Those that fit best, as far as they are known; `more` is called when more are known. */
  readonly matching: (word: string, more: () => void) => readonly Choice[]
  /** What is sent for a text: itself, and behind it the files that it names. */
  readonly contentOf: (text: string) => readonly ContentPart[]
  /** A file as part of a message. Throws a Failure where it cannot be sent. */
  readonly attach: Stage['attach']
}

type Fuzzy = typeof import('fuzzysort')['default']

/** So many paths are looked through, and so many are shown. */
const mostPaths = 50_000
const mostShown = 50

export const filesOf = ({ files, attach }: Pick<Stage, 'files' | 'attach'>): Files => {
  const paths: string[] = []
  let fuzzy: Fuzzy | undefined
  let isLooking = false

  /** Looks anew each time somebody begins to name a file: meanwhile there may be others. */
  const look = async (more: () => void): Promise<void> => {
    if (isLooking) return
    isLooking = true
    fuzzy ??= (await import('fuzzysort')).default
    const seen: string[] = []
    for await (const path of files()) {
      if (seen.push(path) === 1000 && paths.length === 0) paths.push(...seen)
      if (seen.length >= mostPaths) break
    }
    paths.splice(0, paths.length, ...seen)
    isLooking = false
    more()
  }
  return {
    matching: (word, more) => {
      if (word === '' || paths.length === 0) void look(more)
      const found =
        word === '' ? paths.slice(0, mostShown) : (fuzzy?.go(word, paths, { limit: mostShown, threshold: 0 }) ?? [])
      return found.map(one => ({ text: typeof one === 'string' ? one : one.target }))
    },
    attach,
    contentOf: text => [{ type: 'text', text }, ...namedIn(text).flatMap(path => attached(path, attach))],
  }
}

/** Paths behind an `@`, without a folder's and a sentence's end. */
const namedIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/(?:^|\s)@(\S*[^\s.,;:!?)/])/g)].map(([, path = '']) => path)),
]

/** A name that is none of a file (`@somebody`) is left as it stands. */
const attached = (path: string, attach: Stage['attach']): ContentPart[] => {
  try {
    return [attach(path)]
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}
