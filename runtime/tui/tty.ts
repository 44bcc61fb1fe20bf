import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stage } from '../team/screen.ts'
import { type Editor, replaced } from './input/editor.ts'
import type { Keyboard } from './input/keyboard-input.ts'
import { ended, stopped } from './job.ts'
import type { Watched } from './state/watched.ts'
import { harmless } from './view/line.ts'

/** Hands the terminal over while `work` goes on, and draws all anew after it. */
type Lend = (work: () => Promise<void>) => Promise<void>

/** What can be done with the terminal itself. */
export type Tty = {
  /** Called by whoever draws on it. */
  readonly lends: (lend: Lend) => void
  /** Whether somebody else draws on it just now. */
  readonly isLent: () => boolean
  readonly focused: (is: boolean) => void
  /** Whether the window is looked at; nothing where the terminal has never told. */
  readonly isFocused: () => boolean | undefined
  /** Bytes that draw nothing: a bell, a title, something for the clipboard. */
  readonly write: (sequence: string) => void
  /** The text as the user's editor left it; nothing where it failed, which is told. */
  readonly edit: (text: string) => Promise<string | undefined>
  readonly taken: (editor: Editor, text: string) => Editor
  readonly suspend: () => void
  readonly redraw: () => void
  /** The cursor looks otherwise, until the conversation is over. */
  readonly shape: (sequence: string) => void
  /** Names the window, until the conversation is over. */
  readonly title: (text: string) => void
  /** Fires when the conversation is over. */
  readonly signal: AbortSignal
  /** Everything that was changed about the terminal is as it was. */
  readonly close: () => void
}

type Means = Pick<Stage, 'stdout' | 'env'> &
  Pick<Watched, 'hold'> & { readonly keyboard: Keyboard; readonly tell: (problem: string) => void }

export const ttyOf = ({ stdout, env, hold, keyboard, tell }: Means): Tty => {
  let isFocused: boolean | undefined
  let isTitled = false
  let isShaped = false
  const over = new AbortController()
  const { lends, isLent, away, lent } = lending({ hold, keyboard })
  const run = async (command: readonly string[]): Promise<number | null> => {
    let code: number | null = null
    await lent(async () => {
      code = await ended(command, env)
    })
    return code
  }
  return {
    lends,
    isLent,
    focused: is => {
      isFocused = is
    },
    isFocused: () => isFocused,
    write: sequence => void (sequence !== '' && stdout.write(sequence)),
    taken: replaced,
    edit: async text => {
      const program = env['VISUAL'] || env['EDITOR'] || 'vi'
      const folder = await mkdtemp(join(tmpdir(), 'reprise-'))
      const file = join(folder, 'message.md')
      try {
        await writeFile(file, text, { mode: 0o600 })
        const code = await run(['/bin/sh', '-c', `${program} "$1"`, program, file])
        if (code === 0) return (await readFile(file, 'utf8')).replace(/\n$/, '')
        tell(
          `The editor (${program}) ended with ${code}; the text is what it was. $VISUAL or $EDITOR says which is used.`,
        )
        return undefined
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    suspend: () => void lent(stopped),
    signal: over.signal,
    shape: sequence => {
      isShaped ||= sequence !== ''
      stdout.write(sequence)
    },
    title: text => {
      // The name that the window has is put aside first.
      stdout.write(`${isTitled ? '' : '\x1b[22;2t'}\x1b]2;${harmless(text).replace(/\n/g, ' ')}\x07`)
      isTitled = true
    },
    close: () => {
      over.abort(new Error('the conversation is over'))
      if (isShaped) stdout.write('\x1b[0 q')
      if (isTitled) stdout.write('\x1b[23;2t')
    },
    // The keys stay ours: what is typed meanwhile is not lost.
    redraw: () => void away(async () => undefined),
  }
}

/** Who draws on the terminal: we, or for a while somebody else. */
const lending = ({ hold, keyboard }: Pick<Means, 'hold' | 'keyboard'>) => {
  let lend: Lend | undefined
  let isLent = false
  const away: Lend = async work => {
    const release = hold()
    isLent = true
    try {
      await lend?.(work)
    } finally {
      isLent = false
      release()
    }
  }
  const lent: Lend = work =>
    away(async () => {
      keyboard.pause()
      try {
        await work()
      } finally {
        keyboard.resume()
      }
    })
  return {
    ...{ away, lent },
    isLent: () => isLent,
    lends: (given: Lend) => {
      lend = given
    },
  }
}
