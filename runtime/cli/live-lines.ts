import { visible } from '../cassette/view/layout.ts'
import type { Path, RunEvent } from '../core/event.ts'
import { emptyTail, type Tail, tailAfter, tailLines } from '../core/tail.ts'

/** Milliseconds between two lines of a call: as much as can be read aloud, or stands well in a log. */
const pause = 1000

type Means = {
  readonly print: (text: string) => void
  readonly columns: number
  readonly dim: boolean
}

/** What a call writes while it works, as lines of which each stays: the newest, one a second at most. */
export const liveLines = ({ print, columns, dim }: Means) => {
  let current: { readonly at: string; tail: Tail } | undefined
  let last = ''
  let timer: NodeJS.Timeout | undefined

  const tell = () => {
    timer = undefined
    const [line = ''] = tailLines(current?.tail ?? emptyTail, 1)
    if (line === '' || line === last) return
    last = line
    const shown = `  | ${[...visible(line)].slice(0, Math.max(20, columns - 6)).join('')}`
    print(dim ? `\x1b[2m${shown}\x1b[22m\n` : `${shown}\n`)
  }
  const stop = () => {
    clearTimeout(timer)
    timer = undefined
    current = undefined
    last = ''
  }
  return {
    wrote: ({ path, text }: Extract<RunEvent, { type: 'tool-output-delta' }>) => {
      const at = keyOf(path)
      if (current?.at !== at) stop()
      current = { at, tail: tailAfter(current?.tail ?? emptyTail, text) }
      timer ??= setTimeout(tell, pause).unref()
    },
    /** Whatever was written is over. */
    stop,
  }
}

const keyOf = (path: Path): string => path.join('.')
