import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { helloAgent } from '../support/agents.ts'
import { command, noNetwork } from '../support/cli.ts'
import { type Peer, peers } from './peer-table.ts'
import { endAll, usageOf } from './processes.ts'
import { median } from './traffic.ts'

/**
 * Reprise beside the other agents for the terminal that npm installs: what it costs to start one, until it shows its
 * input, until a key shows there, and its memory then. All on the same terminal, in turns, without a network, with a home
 * that holds what one answers at the first start and a key that nobody accepts. Installs them into the user's cache.
 * `npm run bench -- peers 5` takes five rounds. docs/benchmarks.md has what came of it.
 */
const rounds = Number(process.argv[2] ?? 5)
const size = { cols: 100, rows: 30 }
/** Seconds in which a picture comes, or a key shows, even on a busy machine. */
const patience = 60
const typed = 'qz'

type Program = {
  readonly name: string
  readonly start: readonly string[]
  readonly version: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly shows?: RegExp
}

const homes = mkdtempSync(join(tmpdir(), 'reprise-bench-'))

const homeOf = (name: string, files: Peer['files']): { readonly home: string; readonly cwd: string } => {
  const home = join(homes, name.replace(/\W+/g, '-'))
  const cwd = join(home, 'project')
  for (const folder of [cwd, join(home, 'tmp')]) mkdirSync(folder, { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    writeFileSync(join(home, path), text.replaceAll('$HOME', home))
  }
  return { home, cwd }
}

const environmentOf = (home: string): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  TMPDIR: join(home, 'tmp'),
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
})

const installed = ({ name, version, bin }: Peer): string => {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const folder = join(cache, 'reprise-bench', `${name.replace(/\W+/g, '-')}-${version}`)
  const path = join(folder, 'node_modules/.bin', bin)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`]
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`npm could not install ${name}@${version}`)
  return path
}

const peerProgram = (peer: Peer): Program => {
  const path = installed(peer)
  const { home, cwd } = homeOf(peer.name, peer.files)
  const env = { ...environmentOf(home), ...peer.env }
  return {
    name: `${peer.name} ${peer.version}`,
    start: [path],
    version: [path, '--version'],
    env,
    cwd,
    shows: peer.shows,
  }
}

const node = process.execPath

const own = (): Program => {
  const { home, cwd } = homeOf('reprise', { 'project/agent.yaml': helloAgent })
  const env = { ...environmentOf(home), OPENAI_API_KEY: 'made-up' }
  const start = [node, command, 'run', 'agent.yaml']
  return { name: 'reprise', start, version: [node, command, '--version'], env, cwd, shows: /gpt-4o-mini/ }
}

const bare = (): Program => {
  const { home, cwd } = homeOf('node', {})
  return { name: 'node -e 0', start: [], version: [node, '-e', '0'], env: environmentOf(home), cwd }
}

type Numbers = Readonly<Record<'ms' | 'cpu', number>>

/** A command to its end: milliseconds that passed, and those of processor time. */
const toItsEnd = ({ version, env, cwd }: Program): Numbers => {
  const script = '"$@" >/dev/null </dev/null && times'
  const begun = performance.now()
  const run = spawnSync('sh', ['-c', script, 'sh', ...(noNetwork.within ?? []), ...version], {
    env,
    cwd,
    encoding: 'utf8',
  })
  const ms = performance.now() - begun
  const children = run.stdout.trim().split('\n').at(-1) ?? ''
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  )
  return { ms, cpu: seconds.reduce((sum, one) => sum + one, 0) * 1000 }
}

type Pictured = Numbers & { readonly key: number; readonly memory: number; readonly own: number }

/** Until its input shows, and what is typed there. Nothing where it never does; then the screen is told. */
const pictured = async ({ name, start, env, cwd, shows = /\S/ }: Program): Promise<Pictured | undefined> => {
  const terminal = new xterm.Terminal({ ...size, allowProposedApi: true })
  const [file = '', ...args] = [...(noNetwork.within ?? []), ...start]
  const begun = performance.now()
  const child = spawn(file, args, { ...size, name: 'xterm-256color', cwd, env: { ...env } })
  const screen = (): string => {
    const { active } = terminal.buffer
    return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true)).join('\n')
  }
  let wake = () => {}
  // Some ask the terminal what it can do before they draw.
  terminal.onData(answer => child.write(answer))
  child.onData(bytes => terminal.write(bytes, () => wake()))
  const until = async (words: RegExp, from: number): Promise<number | undefined> => {
    while (!words.test(screen())) {
      if (performance.now() - from > patience * 1000) return undefined
      await Promise.race([new Promise<void>(resolve => (wake = resolve)), pause(500)])
    }
    return performance.now() - from
  }
  try {
    const ms = await until(shows, begun)
    const { cpu } = usageOf(child.pid)
    const asked = performance.now()
    child.write(typed)
    const key = ms === undefined ? undefined : await until(new RegExp(typed), asked)
    if (ms === undefined || key === undefined) {
      console.log(`${name} ${ms === undefined ? 'does not show its input' : 'takes no keys'}:\n${screen().trim()}`)
      return undefined
    }
    await pause(2000)
    const { now, own } = usageOf(child.pid)
    return { ms, cpu: cpu * 1000, key, memory: now, own }
  } finally {
    endAll(child.pid)
  }
}

const cell = (values: readonly (number | undefined)[], digits = 0): string => {
  const known = values.filter(value => value !== undefined)
  return known.length === 0 ? '—' : median(known).toFixed(digits)
}

const programs = [bare(), own(), ...peers.map(peerProgram)]
const versions = new Map(programs.map(({ name }) => [name, [] as Numbers[]]))
const pictures = new Map(programs.map(({ name }) => [name, [] as (Pictured | undefined)[]]))
// The first round is told apart: nothing has been compiled, unpacked or answered before.
for (let round = 0; round <= rounds; round++) {
  for (const program of programs) {
    versions.get(program.name)?.push(toItsEnd(program))
    if (program.shows) pictures.get(program.name)?.push(await pictured(program))
  }
}
rmSync(homes, { recursive: true, force: true })

console.log(
  `\nMedian of ${rounds} (and the first start), ${size.cols}x${size.rows}, ${noNetwork.within ? 'without a network' : 'with whatever network there is'}`,
)
console.log(
  '| | `--version`, ms | its CPU, ms | first picture, ms | its CPU, ms | a key shows after, ms | memory, MB (without files) |',
)
console.log('| --- | --- | --- | --- | --- | --- | --- |')
for (const { name } of programs) {
  const [, ...version] = versions.get(name) ?? []
  const [first, ...warm] = pictures.get(name) ?? []
  const cells = [
    cell(version.map(({ ms }) => ms)),
    cell(version.map(({ cpu }) => cpu)),
    `${cell(warm.map(one => one?.ms))}${first ? ` (${first.ms.toFixed(0)})` : ''}`,
    `${cell(warm.map(one => one?.cpu))}${first ? ` (${first.cpu.toFixed(0)})` : ''}`,
    cell(warm.map(one => one?.key)),
    `${cell(warm.map(one => one?.memory))} (${cell(warm.map(one => one?.own))})`,
  ]
  console.log(`| ${name} | ${cells.join(' | ')} |`)
}
