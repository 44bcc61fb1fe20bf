import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { command } from '../support/cli.ts'

/**
 * What starting Reprise costs, as ratios to a bare `node -e 0` measured in turns with it: ratios hold on any machine,
 * milliseconds do not. Memory is the peak of the process (resident set), in MB. `npm run bench -- start 50` runs 50 rounds.
 */
const cases: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': ['-e', '0'],
  'reprise --version': [command, '--version'],
  'reprise exec --fake hello': [command, 'exec', 'agents/hello.yaml', '--fake', 'hello', 'What is a cassette?'],
  'reprise exec --fake code-reviewer': [
    command,
    'exec',
    'agents/code-reviewer.yaml',
    '--fake',
    'code-reviewer',
    'Review pkg/auth/handler.go for security issues',
  ],
  'reprise validate': [command, 'validate', 'agents/team.yaml'],
}

const environment = { PATH: process.env['PATH'], HOME: tmpdir() }

const run = (args: readonly string[]): string => {
  const { status, stderr } = spawnSync(process.execPath, args, { env: environment, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return stderr
}

const milliseconds = (args: readonly string[]): number => {
  const before = process.hrtime.bigint()
  run(args)
  return Number(process.hrtime.bigint() - before) / 1e6
}

const tellPeak =
  'data:text/javascript,process.on("exit",()=>process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`))'

const megabytes = (args: readonly string[]): number =>
  Number(/peak (\d+)/.exec(run(['--import', tellPeak, ...args]))?.[1]) / 1024

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const rounds = Number(process.argv[2] ?? 30)
// Once unmeasured: files come into the memory of the system, and compiled code into Node's cache.
for (const args of Object.values(cases)) run(args)
const times = new Map(Object.keys(cases).map(name => [name, [] as number[]]))
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(cases)) times.get(name)?.push(milliseconds(args))
}

const base = median(times.get('node -e 0') ?? [])
console.log(`${''.padEnd(34)}   ms   ratio   peak MB   (median of ${rounds})`)
for (const [name, args] of Object.entries(cases)) {
  const time = median(times.get(name) ?? [])
  const cells = [
    time.toFixed(1).padStart(5),
    (time / base).toFixed(2).padStart(5),
    megabytes(args).toFixed(0).padStart(7),
  ]
  console.log(`${name.padEnd(34)} ${cells.join('   ')}`)
}
