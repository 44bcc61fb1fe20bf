import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { toolAgent } from './support/agents.ts'
import { type CliResult, reprise, startReprise } from './support/cli.ts'
import { type ProviderRequest, providerServer, type Say } from './support/provider-server.ts'
import { seeded } from './support/seeded.ts'
import { folderWith } from './support/temp.ts'

/** How many recordings are killed. Two hundred were, when this was written down. */
const kills = 32

const agent = toolAgent.replace('anthropic/claude-sonnet-4-0', 'openai/gpt-4o')
const messages = ['One', 'Two', 'Three']
const words = Array.from({ length: 12 }, (_, index) => `word${index} `)

/** Each message: two tools at once, then an answer word by word. */
const answer = ({ body }: ProviderRequest): Say => {
  const said = body['messages'] as readonly { readonly role: string }[]
  if (said.at(-1)?.role === 'tool') return { text: words, delayMs: 3 }
  const toolCalls = [
    { name: 'shell', input: { cmd: 'cat a.txt' } },
    { name: 'list_directory', input: { path: 'files' } },
  ]
  return { text: ['I ', 'look.'], toolCalls, delayMs: 2 }
}

const record = ['exec', 'agent.yaml', '--record=tape', '--yolo', ...messages]
let whole: CliResult
let cassette: string
/** Milliseconds that a recording takes here and now. */
let life: number

beforeAll(async () => {
  await using folder = await folderWith({ 'agent.yaml': agent, 'a.txt': 'A', 'files/b.txt': '' })
  await using server = await providerServer(answer)
  const begun = performance.now()
  whole = await reprise(record, { cwd: folder.path, env: server.env })
  life = performance.now() - begun
  cassette = readFileSync(join(folder.path, 'tape.yaml'), 'utf8')
})

const resultsIn = (stdout: string): number => stdout.split('response →').length - 1

test.each(Array.from({ length: kills }, (_, index) => index))(
  'a recording that is killed leaves what was finished, or what was there (%i)',
  async index => {
    const isOld = index % 2 === 1
    const files = { 'agent.yaml': agent, 'a.txt': 'A', 'files/b.txt': '', ...(isOld && { 'tape.yaml': cassette }) }
    await using folder = await folderWith(files)
    await using server = await providerServer(answer)
    await using running = await startReprise(record, { cwd: folder.path, env: server.env })
    const timer = setTimeout(() => running.kill('SIGKILL'), seeded(index + 1)() * life)
    const killed = await running.result
    clearTimeout(timer)

    const partial = join(folder.path, 'tape.yaml.partial')
    const tape = join(folder.path, 'tape.yaml')
    if (isOld && existsSync(partial)) expect(readFileSync(tape, 'utf8')).toBe(cassette)
    const name = existsSync(partial) ? 'tape.yaml.partial' : 'tape'
    const replayed = await reprise(['exec', 'agent.yaml', '--fake', name, ...messages], { cwd: folder.path })
    expect(whole.stdout.startsWith(replayed.stdout), replayed.stdout).toBe(true)
    if (!existsSync(partial) && !existsSync(tape)) {
      expect(replayed.stderr).toContain('There is no cassette')
      expect(resultsIn(killed.stdout)).toBe(0)
      return
    }
    if (!existsSync(partial)) return expect(replayed).toEqual({ ...whole, stderr: '' })
    // Between its last word and its name it holds the whole run.
    expect(replayed.code).toBe(replayed.stdout === whole.stdout ? 0 : 3)
    expect(replayed.stderr).toMatch(/was cut off/)
    expect(resultsIn(replayed.stdout)).toBeGreaterThanOrEqual(resultsIn(killed.stdout))
  },
)

test('after a kill the next recording keeps what was there, and takes its place', async () => {
  await using folder = await folderWith({ 'agent.yaml': agent, 'a.txt': 'A', 'files/b.txt': '' })
  await using server = await providerServer(answer)
  const options = { cwd: folder.path, env: server.env }
  await using running = await startReprise(record, options)
  await running.waitFor('list_directory response')
  running.kill('SIGKILL')
  await running.result
  const again = await reprise(record, options)
  expect(again).toMatchObject({ code: 0, stdout: whole.stdout })
  expect(
    readdirSync(folder.path)
      .filter(name => name.startsWith('tape'))
      .sort(),
  ).toEqual(['tape-interrupted.yaml', 'tape.yaml'])
})

test('while one records the other is refused, and its run does not begin', async () => {
  await using folder = await folderWith({ 'agent.yaml': agent, 'a.txt': 'A', 'files/b.txt': '' })
  await using server = await providerServer(answer)
  const options = { cwd: folder.path, env: server.env }
  await using first = await startReprise(record, options)
  await first.waitFor('response')
  const before = server.requests.length
  const second = await reprise(record, { cwd: folder.path })
  expect(second).toMatchObject({ code: 2, stdout: '' })
  expect(second.stderr).toMatch(/process \d+ .*is recording .*tape\.yaml at the moment/)
  expect(server.requests.length).toBeGreaterThanOrEqual(before)
  expect(await first.result).toMatchObject({ code: 0, stdout: whole.stdout })
  expect(readdirSync(folder.path).filter(name => name.startsWith('tape'))).toEqual(['tape.yaml'])
})

test('a file cut at any line is played as far as it goes, or refused, and it is said why', async () => {
  await using folder = await folderWith({ 'agent.yaml': agent })
  const lines = cassette.split('\n')
  const first = lines.indexOf('interactions:')
  const random = seeded(5)
  const cuts = [
    0,
    1,
    first - 1,
    first,
    first + 1,
    first + 5,
    ...Array.from({ length: 12 }, () => Math.floor(random() * lines.length)),
  ]
  for (const cut of cuts) {
    writeFileSync(join(folder.path, 'tape.yaml'), lines.slice(0, cut).join('\n').slice(0, -3))
    const { code, stdout, stderr } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', ...messages], {
      cwd: folder.path,
    })
    expect([2, 3], `cut at line ${cut}`).toContain(code)
    expect(whole.stdout.startsWith(stdout), `cut at line ${cut}`).toBe(true)
    expect(stderr, `cut at line ${cut}`).toMatch(/tape\.yaml (cannot be played back|was cut off|has no answer)|torn/)
    expect(stderr).not.toMatch(/mistake in reprise|at \w+ \(/)
  }
})
