import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createCassette, openCassette } from '../../runtime/cassette/file/file.ts'
import type { Interaction } from '../../runtime/core/cassette.ts'
import type { JsonObject } from '../../runtime/core/json.ts'
import { command } from '../support/cli.ts'
import { explainMisses } from './misses.ts'
import { answerTo, exchanges, median, requestOf } from './traffic.ts'

/** What cassettes cost: to replay, beside other recorders; to open, by size; to keep, by turns; to explain a miss. */
const folder = await mkdtemp(join(tmpdir(), 'reprise-bench-'))

const measured = (replayer: string): { replay: number; firstByte?: number } => {
  const { stdout, stderr } = spawnSync(process.execPath, ['test/bench/replayers.ts', replayer], { encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as { replay: number; firstByte?: number }
}

const compareReplayers = (): void => {
  const own = measured('reprise')
  console.log(`\nreplaying ${exchanges} exchanges with requests of 30 KB, median of one`)
  for (const [name, { replay }] of [
    ['reprise', own],
    ['nock back', measured('nock')],
    ['Polly.JS', measured('polly')],
  ] as const) {
    console.log(
      `${name.padEnd(34)} ${(replay * 1000).toFixed(0).padStart(6)} µs   ${(replay / own.replay).toFixed(1)} times ours`,
    )
  }
  console.log(
    `${'recording, added to the first byte'.padEnd(34)} ${((own.firstByte ?? 0) * 1000).toFixed(0).padStart(6)} µs`,
  )
}

const interaction = (id: number, body: JsonObject, answer: string): Interaction => ({
  id,
  lane: 'filler',
  agent: 'filler',
  request: {
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    provider: 'openai',
    protocol: 'openai-chat',
    operation: '/chat/completions',
    body,
  },
  response: { status: 200, headers: { 'content-type': 'text/event-stream' }, body: answer },
  key: `filler${id} filler${id}`,
})

/** The recording of the hello example, with so much of another lane behind it. */
const padded = async (megabytes: number): Promise<string> => {
  const { header, entries, load } = openCassette(resolve('cassettes/hello.yaml'), { origin: () => undefined })
  const path = join(folder, `${megabytes}.yaml`)
  const writer = createCassette(path, header)
  for (const { id } of entries) writer.append(load(id))
  const answer = answerTo(1).repeat(100)
  const wanted = Math.ceil((megabytes * 1e6) / (answer.length + 2000))
  for (let index = 0; index < wanted; index++) {
    writer.append(
      interaction(1000 + index, { model: 'gpt-4o', messages: [{ role: 'user', content: `filler ${index}` }] }, answer),
    )
  }
  await writer.close(undefined)
  return path
}

const time = (args: readonly string[]): { milliseconds: number; megabytes: number } => {
  const peak =
    'data:text/javascript,process.on("exit",()=>process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`))'
  const before = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, ['--import', peak, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return {
    milliseconds: Number(process.hrtime.bigint() - before) / 1e6,
    megabytes: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024,
  }
}

const openBySize = async (): Promise<void> => {
  const runs = (args: readonly string[]) => Array.from({ length: 9 }, () => time(args))
  const base = median(runs(['-e', '0']).map(({ milliseconds }) => milliseconds))
  console.log('\na whole replay of one question, out of a cassette of so many MB, as a ratio to node -e 0')
  for (const megabytes of [1, 10, 100]) {
    const path = await padded(megabytes)
    const all = runs([command, 'exec', 'agents/hello.yaml', '--fake', path, 'What is a cassette?'])
    const ratio = median(all.map(({ milliseconds }) => milliseconds)) / base
    const memory = median(all.map(run => run.megabytes))
    const size = statSync(path).size / 1e6
    console.log(
      `${`${size.toFixed(0)} MB`.padEnd(34)} ${ratio.toFixed(2).padStart(6)}   ${memory.toFixed(0)} MB of memory`,
    )
  }
}

const sayings = (turns: number): JsonObject[] =>
  Array.from({ length: turns }, (_, turn) => {
    const messages = Array.from({ length: turn + 1 }, (_, index) => [
      { role: 'user', content: `Question ${index}: how does part ${index} of the machine work, and why?` },
      ...(index < turn
        ? [{ role: 'assistant', content: `Part ${index} works by pushing part ${index + 1}. `.repeat(8) }]
        : []),
    ]).flat()
    return { ...requestOf(0), messages: [{ role: 'system', content: 'You explain machines.' }, ...messages] }
  })

const keepByTurns = async (): Promise<void> => {
  console.log('\nKB for a conversation of so many turns: here, in plain go-vcr form, and the text that was said')
  for (const turns of [10, 50, 200]) {
    const bodies = sayings(turns)
    const path = join(folder, `turns-${turns}.yaml`)
    const writer = createCassette(path, { reprise: 'bench', recorded: '2026-01-01T00:00:00.000Z' })
    for (const [index, body] of bodies.entries()) {
      const said = { text: `Part ${index} works by pushing part ${index + 1}. `.repeat(8), stop: 'end' }
      const { key: _, ...one } = interaction(index + 1, body, '')
      writer.append({ ...one, lane: 'root', response: { status: 200, said } })
    }
    await writer.close(undefined)
    const plain = bodies.reduce((sum, body) => sum + JSON.stringify(body).length + 400, 0)
    const told = JSON.stringify(bodies.at(-1)?.['messages']).length
    const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0).padStart(8)
    console.log(
      `${`${turns} turns`.padEnd(34)} ${kilobytes(statSync(path).size)} ${kilobytes(plain)} ${kilobytes(told)}`,
    )
  }
}

compareReplayers()
await openBySize()
await keepByTurns()
await explainMisses(folder)
await rm(folder, { recursive: true, force: true })
