import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

export type PtyOptions = {
  readonly cwd: string
  /** All that the command sees, beside TERM. */
  readonly env: Readonly<Record<string, string>>
  readonly columns?: number
  readonly rows?: number
}

/** A command on a real terminal; disposing of it kills it. */
export type Pty = AsyncDisposable & {
  readonly write: (keys: string) => void
  readonly resize: (columns: number, rows: number) => void
  /** What a person would see now, with what has scrolled away above it; without blanks at the ends of lines. */
  readonly screen: () => string
  /** The same, with lines that the terminal broke as the lines that they were, each for itself. */
  readonly wholeLines: () => readonly string[]
  /** Where the cursor is seen, counted from 0; `y` in the part that does not scroll. */
  readonly cursor: () => { readonly x: number; readonly y: number }
  /** All bytes that the command wrote, escape sequences too. */
  readonly raw: () => string
  /** Waits until the screen shows the words; fails, showing the screen, when the command ends before. */
  readonly waitFor: (words: string | RegExp) => Promise<void>
  readonly exit: Promise<{ readonly code: number; readonly signal: number | undefined }>
}

/** The keys that have no letter. */
export const keys = {
  enter: '\r',
  interrupt: '\x03',
  end: '\x04',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  left: '\x1b[D',
  right: '\x1b[C',
  backspace: '\x7f',
  newLine: '\x1b\r',
  open: '\x0f',
  search: '\x12',
  tab: '\t',
  editor: '\x07',
  suspend: '\x1a',
  /** What a terminal sends for a paste. */
  paste: (text: string) => `\x1b[200~${text}\x1b[201~`,
} as const

/** Milliseconds after which something awaited on a screen will not come any more. */
const patience = 30_000

/** Runs `command` with its arguments in a pseudo-terminal, and reads what it draws as a terminal would. */
export const ptyOf = (command: readonly string[], { cwd, env, columns = 100, rows = 30 }: PtyOptions): Pty => {
  const [file = '', ...args] = command
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  const child = spawn(file, args, {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd,
    env: { REPRISE_TITLES: 'words', ...env },
  })

  let written = ''
  const watchers = new Set<() => void>()
  const changed = () => {
    for (const watcher of watchers) watcher()
  }
  child.onData(text => {
    written += text
    terminal.write(text, changed)
  })

  let ended = false
  const exit = new Promise<{ code: number; signal: number | undefined }>(resolve => {
    child.onExit(({ exitCode, signal }) => {
      // What was written last is drawn before the end is told.
      terminal.write('', () => {
        ended = true
        resolve({ code: exitCode, signal: signal || undefined })
        changed()
      })
    })
  })

  const screen = () => linesOf(terminal).join('\n').trimEnd()
  // Blanks at the ends of lines are not on the screen, so they cannot be waited for.
  const shows = (words: string | RegExp) =>
    typeof words === 'string' ? screen().includes(words.trimEnd()) : words.test(screen())
  const waitFor = (words: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        watchers.delete(look)
        clearTimeout(timer)
        settle()
      }
      const look = () => {
        if (shows(words)) finish(resolve)
        else if (ended) finish(() => reject(new Error(`ended without showing ${words}:\n${screen()}`)))
      }
      const giveUp = () => finish(() => reject(new Error(`does not show ${words}:\n${screen()}`)))
      const timer = setTimeout(giveUp, patience)
      watchers.add(look)
      look()
    })

  return {
    write: text => child.write(text),
    resize: (width, height) => {
      child.resize(width, height)
      terminal.resize(width, height)
    },
    screen,
    wholeLines: () => wholeLinesOf(terminal),
    cursor: () => ({ x: terminal.buffer.active.cursorX, y: terminal.buffer.active.cursorY }),
    raw: () => written,
    waitFor,
    exit,
    [Symbol.asyncDispose]: async () => {
      if (!ended) child.kill('SIGKILL')
      await exit
      terminal.dispose()
    },
  }
}

const linesOf = (terminal: InstanceType<typeof xterm.Terminal>): string[] => {
  const buffer = terminal.buffer.active
  return Array.from(
    { length: buffer.length },
    (_, index) => buffer.getLine(index)?.translateToString(true).trimEnd() ?? '',
  )
}

const wholeLinesOf = (terminal: InstanceType<typeof xterm.Terminal>): string[] => {
  const buffer = terminal.buffer.active
  const lines: string[] = []
  for (let index = 0; index < buffer.length; index++) {
    const line = buffer.getLine(index)
    const text = line?.translateToString(false) ?? ''
    if (line?.isWrapped) lines.push(`${lines.pop() ?? ''}${text}`)
    else lines.push(text)
  }
  return lines.map(line => line.trimEnd())
}
