import { CutOff, type ToolContext } from '../../runtime/core/tool.ts'
import type { Exit, Process } from '../../runtime/core/workspace.ts'
import { output } from './output.ts'

export type Command = {
  readonly line: string
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Seconds after which it is ended. */
  readonly timeout: number
  /** Given the process once it runs, by those who end what it leaves running; else that ends with the command. */
  readonly started?: (process: Process) => void
}

/** What a command said, cut in the middle where it is too much, and why that is not all or not good. */
export type Ran = {
  readonly said: string
  readonly problem?: { readonly type: 'exit' | 'timeout'; readonly text: string }
}

/** Runs a command to its end. Throws CutOff when the signal fires, and a ToolFailure where it cannot be started. */
export const run = async (command: Command, { workspace, signal, report }: ToolContext): Promise<Ran> => {
  const { line, cwd, env = {}, timeout, started } = command
  const limit = AbortSignal.timeout(timeout * 1000)
  const process = workspace.shell(line, {
    ...(cwd !== undefined && { cwd }),
    env,
    signal: AbortSignal.any([signal, limit]),
  })
  started?.(process)
  try {
    const said = await listen(process, [signal, limit], report)
    if (signal.aborted && said !== '') throw new CutOff(`Output so far: ${said}`, { cause: signal.reason })
    signal.throwIfAborted()
    if (limit.aborted) return { said, problem: { type: 'timeout', text: `timed out after ${timeout}s` } }
    const exit = await process.exit
    return exit.code === 0 ? { said } : { said, problem: { type: 'exit', text: endingOf(exit) } }
  } finally {
    if (!started) await process[Symbol.asyncDispose]()
  }
}

/** All that a command says, or what it has said when it must end; then nothing of it runs any more. */
const listen = async (
  process: Process,
  signals: readonly AbortSignal[],
  report: ToolContext['report'],
): Promise<string> => {
  const said = output()
  const mustEnd = () => signals.some(({ aborted }) => aborted)
  for await (const piece of process.output) {
    const text = said.add(piece)
    report?.(text)
    // What a command left in the background may write for ever.
    if (mustEnd()) break
  }
  if (mustEnd()) await process[Symbol.asyncDispose]()
  return said.text().trim()
}

/** How a command ended, in the words of a shell. */
export const endingOf = ({ code, signal }: Exit): string =>
  code === null ? `ended by signal ${signal}` : `exit status ${code}`
