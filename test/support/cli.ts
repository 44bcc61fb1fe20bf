import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from './temp.ts'

/** The built command: `npm run build` makes it. */
export const command: string = join(dirname(fileURLToPath(import.meta.url)), '../../dist/reprise.js')

export type CliOptions = {
  readonly cwd?: string
  /** Beside PATH and a HOME of its own, all that the command sees. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Written to standard input, which is then closed. */
  readonly input?: string
  /** Milliseconds after which the command is killed; then `signal` is SIGKILL. */
  readonly timeout?: number
  /** Arguments for Node itself. */
  readonly nodeArguments?: readonly string[]
  /** A program that runs the command in its place, such as `noNetwork`. */
  readonly within?: readonly string[]
}

export type CliResult = {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Runs the built command to its end, in a clean environment. */
export const reprise = async (args: readonly string[], options: CliOptions = {}): Promise<CliResult> => {
  await using running = await startReprise(args, options)
  running.end(options.input)
  return await running.result
}

export type RunningReprise = AsyncDisposable & {
  readonly pid: number
  readonly process: ChildProcessWithoutNullStreams
  readonly result: Promise<CliResult>
  /** What was printed so far. */
  readonly output: () => { readonly stdout: string; readonly stderr: string }
  /** Waits until standard output, or standard error, holds the words; fails when the command ends before. */
  readonly waitFor: (words: string | RegExp) => Promise<void>
  readonly write: (line: string) => void
  readonly end: (text?: string) => void
  readonly kill: (signal: NodeJS.Signals) => void
}

/** Starts the built command and leaves it running; disposing of it kills it. */
export const startReprise = async (args: readonly string[], options: CliOptions = {}): Promise<RunningReprise> => {
  const home = await temporaryFolder()
  const { cwd = home.path, env, timeout = 60_000, nodeArguments = [], within = [] } = options
  const [program = process.execPath, ...rest] = [...within, process.execPath, ...nodeArguments, command, ...args]
  const child = spawn(program, rest, {
    cwd,
    // A title would be one more question than the scripts of providers have an answer to.
    env: { PATH: process.env['PATH'], HOME: home.path, REPRISE_TITLES: 'words', ...env },
    timeout,
    killSignal: 'SIGKILL',
  })
  await once(child, 'spawn')
  return running(child, home)
}

const running = (child: ChildProcessWithoutNullStreams, home: AsyncDisposable): RunningReprise => {
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text
    })
  }
  // The command may end before it has read all it is given.
  child.stdin.on('error', () => {})
  const result = once(child, 'close').then(([code, signal]) => ({ ...printed, code, signal }) as CliResult)

  const holds = (words: string | RegExp) =>
    [printed.stdout, printed.stderr].some(text => (typeof words === 'string' ? text.includes(words) : words.test(text)))
  const waitFor = async (words: string | RegExp) => {
    const ended = result.then(() => true)
    while (!holds(words)) {
      const next = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended])
      if ((await next) === true && !holds(words))
        throw new Error(`ended without saying ${words}: ${JSON.stringify(printed)}`)
    }
  }

  return {
    pid: child.pid ?? 0,
    process: child,
    result,
    output: () => ({ ...printed }),
    waitFor,
    write: line => child.stdin.write(`${line}\n`),
    end: text => child.stdin.end(text),
    kill: signal => child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await result
      await home[Symbol.asyncDispose]()
    },
  }
}

/**
 * Options for a command that has no network, not even loopback: a namespace of its own where the system allows that,
 * else sockets that cannot connect.
 */
export const noNetwork: Pick<CliOptions, 'within' | 'nodeArguments'> =
  spawnSync('unshare', ['-rn', 'true']).status === 0
    ? { within: ['unshare', '-rn'] }
    : {
        nodeArguments: [
          '--import',
          'data:text/javascript,import { Socket } from "node:net"; Socket.prototype.connect = () => { throw new Error("no network") }',
        ],
      }

/** Arguments for Node with which the process thinks that it is so many days later. */
export const daysLater = (days: number): string[] => [
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    const Now = Date, later = ${days * 86_400_000}
    globalThis.Date = class extends Now {
      constructor(...given) { super(...(given.length > 0 ? given : [Now.now() + later])) }
      static now() { return Now.now() + later }
    }`)}`,
]
