import { setTimeout as pause } from 'node:timers/promises'
import { spawn } from '@lydell/node-pty'
import { command } from '../support/cli.ts'
import { type ProviderScript, providerServer } from '../support/provider-server.ts'
import { folderWith } from '../support/temp.ts'
import { usageOf } from './processes.ts'

/**
 * What the screen costs, measured in a pseudo-terminal: the first picture as a ratio to a bare `node -e 0` in the same
 * run, then bytes and processor time while 200 tokens a second stream, how long a key takes to show meanwhile, and the
 * memory of a long session. `npm run bench -- screen 20` takes 20 rounds for the first picture.
 */
const rounds = Number(process.argv[2] ?? 15)

const agent = `agents:
  root:
    model: openai/gpt-4o-mini
    instruction: Answer.
    num_history_items: 4
    toolsets:
      - type: filesystem
`

/** A program on a terminal: what it wrote, and a way to wait for more. */
const onTerminal = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, [...args], {
    name: 'xterm-256color',
    cols: 100,
    rows: 30,
    cwd,
    env: { ...env },
  })
  let text = ''
  let wake = () => {}
  child.onData(data => {
    text += data
    wake()
  })
  const ended = new Promise<void>(resolve => child.onExit(() => resolve()))
  /** Milliseconds since `from` when the words stood behind the first `after` bytes; NaN where they never did. */
  const until = async (words: string | RegExp, after = 0, from = performance.now()): Promise<number> => {
    const shows = () => (typeof words === 'string' ? text.includes(words, after) : words.test(text.slice(after)))
    const end = from + 120_000
    while (!shows()) {
      if (performance.now() > end) return Number.NaN
      await Promise.race([new Promise<void>(resolve => (wake = resolve)), pause(1000)])
    }
    return performance.now() - from
  }
  return { child, until, ended, length: () => text.length }
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)
const share = (values: readonly number[], part: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN

const told = (name: string, value: string, goal = ''): void =>
  console.log(`${name.padEnd(52)} ${value.padStart(12)}   ${goal}`)

/** A folder with an agent in it, before a provider that says these answers. */
const setting = async (script: ProviderScript) => {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await folderWith({ 'agent.yaml': agent }))
  const server = stack.use(await providerServer(script))
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, LANG: 'C.UTF-8', ...server.env }
  return { folder: folder.path, env, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const firstPicture = async (): Promise<void> => {
  await using here = await setting([])
  const times: Record<'bare' | 'screen', number[]> = { bare: [], screen: [] }
  for (let round = 0; round <= rounds; round++) {
    const begun = performance.now()
    await onTerminal(['-e', '0'], here.folder, here.env).ended
    const bare = performance.now() - begun
    const from = performance.now()
    const { child, until, ended } = onTerminal([command, 'run', 'agent.yaml', '--no-session'], here.folder, here.env)
    const screen = await until('gpt-4o-mini', 0, from)
    child.kill('SIGTERM')
    await ended
    // Once unmeasured: files come into the memory of the system, and compiled code into Node's cache.
    if (round > 0) {
      times.bare.push(bare)
      times.screen.push(screen)
    }
  }
  const [bare, screen] = [share(times.bare, 0.5), share(times.screen, 0.5)]
  told('first picture, ms', screen.toFixed(0), `bare Node ${bare.toFixed(0)}`)
  told('first picture, ratio to bare Node', (screen / bare).toFixed(2), 'goal: at most 6')
}

const seconds = 10

const streaming = async (): Promise<void> => {
  const words = Array.from({ length: 200 * seconds * 2 }, (_, n) => (n % 12 === 11 ? 'word.\n' : 'word '))
  await using here = await setting([{ text: words, delayMs: 4 }])
  const { child, until, ended, length } = onTerminal(
    [command, 'run', 'agent.yaml', '--no-session', 'Talk'],
    here.folder,
    here.env,
  )
  await until('word.')
  const before = { ...usageOf(child.pid), bytes: length(), at: performance.now() }
  const echoes: number[] = []
  while (performance.now() - before.at < seconds * 1000) {
    const at = length()
    const from = performance.now()
    child.write('Q')
    echoes.push(await until('Q', at, from))
    await pause(60)
  }
  const after = usageOf(child.pid)
  const passed = (performance.now() - before.at) / 1000
  told('while tokens stream: bytes a second', ((length() - before.bytes) / passed).toFixed(0))
  told(
    'while tokens stream: share of one processor',
    `${(((after.cpu - before.cpu) / passed) * 100).toFixed(0)} %`,
    'goal: under 25 %',
  )
  told('a key shows after, ms (median)', share(echoes, 0.5).toFixed(1))
  told('a key shows after, ms (99 of 100)', share(echoes, 0.99).toFixed(1), 'goal: under 50')
  told('a key shows after, ms (longest)', share(echoes, 1).toFixed(1))
  child.kill('SIGTERM')
  await ended
}

const longSession = async (): Promise<void> => {
  const [turns, steps] = [50, 100]
  let asked = 0
  await using here = await setting(() => {
    asked++
    if (asked % steps === 0) return { text: `Turn ${asked / steps} is over.\n\n- one\n- two\n` }
    return { toolCalls: [{ name: 'read_file', input: { path: `missing-${asked}.txt` } }] }
  })
  const { child, until, ended } = onTerminal([command, 'run', 'agent.yaml', '--no-session'], here.folder, here.env)
  await until('gpt-4o-mini')
  for (let turn = 1; turn <= turns; turn++) {
    child.write(`Go on ${turn}\r`)
    if (Number.isNaN(await until(`Turn ${turn} is over.`))) throw new Error(`turn ${turn} did not come to its end`)
  }
  const { now, peak } = usageOf(child.pid)
  told(
    `memory after ${turns * steps * 2} messages, MB (at most)`,
    `${now.toFixed(0)} (${peak.toFixed(0)})`,
    'goal: under 300',
  )
  child.kill('SIGTERM')
  await ended
}

await firstPicture()
await streaming()
await longSession()
