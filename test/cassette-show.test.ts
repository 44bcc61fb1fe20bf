import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { clippedTo, colourStyle, visible, wrapped } from '../runtime/cassette/view/layout.ts'
import { overviewText } from '../runtime/cassette/view/show.ts'
import { transcriptOf } from '../runtime/cassette/view/transcript.ts'
import { widthOf } from '../runtime/core/width.ts'
import { cassetteAt, reading } from '../runtime/team/tapes/reading.ts'
import { command, reprise } from './support/cli.ts'
import { said, toolCall } from './support/interactions.ts'
import { providerServer } from './support/provider-server.ts'
import { ptyOf } from './support/pty.ts'
import { recordedAt, teamRun } from './support/team-run.ts'
import { temporaryFolder } from './support/temp.ts'
import { wildFolder } from './support/wild.ts'

/** What `reprise cassette show NAME …` prints of a recording. */
const shown = async (interactions: Parameters<typeof recordedAt>[1], ...args: string[]) => {
  await using folder = await temporaryFolder()
  await recordedAt(join(folder.path, 'run.yaml'), interactions)
  return await reprise(['cassette', 'show', 'run', ...args], { cwd: folder.path })
}

test('a recording is shown as who said and did what, tasks below the calls that gave them', async () => {
  const { stdout, code } = await shown(teamRun())
  expect(code).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "run.yaml
      recorded    2026-11-26 07:30 UTC, by Reprise 1.2.3
      agent file  agents/sea.yaml
      holds       9 interactions, 5 model calls, 1 tool call, 3 agents
      spent       500 tokens in, 100 out · $0.0022 · 10.0 s of streaming

    root  openai/gpt-4o · 2 turns                      500+100 tokens $0.0022 10.0 s
       1 user: Why is the sea salty?
       2 reads date: Today's date: 2026-11-24
       3 → transfer_task(agent: "reader", task: "Do what a r…  100+20 tokens $0.0004
         │ reader  openai/gpt-4o · 2 turns               200+40 tokens $0.0009 4.0 s
         │    4 → read_file(path: "sea.txt")                   100+20 tokens $0.0004
         │    6 = rivers bring salt and the sun takes water
         │    7 Rivers bring it.                               100+20 tokens $0.0004
         → transfer_task(agent: "writer", task: "Do what a writer does.", expected_…
         │ writer  openai/gpt-4o · 1 turn                100+20 tokens $0.0004 2.0 s
         │    8 Salt                                           100+20 tokens $0.0004
       9 # Salt Because **rivers** bring it.                   100+20 tokens $0.0004
    "
  `)
})

test('two recordings of one run that differ only in who was asked first are told in one order', async () => {
  const told = async (writerFirst: boolean) =>
    (await shown(teamRun({ writerFirst }))).stdout.replaceAll(/^( *(?:│ )? *)\d+ /gm, '$1')
  expect(await told(true)).toBe(await told(false))
})

test('what is new in a request since the one before it in its conversation is shown', async () => {
  const { stdout } = await shown(teamRun(), '--id', '9', '--changes')
  expect(stdout).toMatch(/against +interaction 3, the request before it/)
  expect(stdout).toMatch(/as before +turn 1\n/)
  expect(stdout).toContain('── new, turn 2: assistant')
  expect(stdout).not.toContain('── instruction')
  const first = await shown(teamRun(), '--id', '3', '--changes')
  expect(first.stdout).toMatch(/against +nothing: it is the first request of its conversation/)
  expect(first.stdout).toContain('── instruction')
})

test.skipIf(wildFolder === undefined)(
  'what is new in a recording of others is seen from the request that began alike (needs ../shared/wild)',
  async () => {
    const name = join(`${wildFolder}`, 'cagent-e2e/testdata/cassettes', 'TestRuntime_MultiAgent_SessionReload.yaml')
    const changes = async (id: number) =>
      (await reprise(['cassette', 'show', name, '--id', `${id}`, '--changes'])).stdout
    expect(await changes(1)).toMatch(/against +nothing/)
    expect(await changes(2)).toMatch(/against +interaction 0,/)
    expect(await changes(3)).toMatch(/against +interaction 2,/)
  },
)

test('a request is printed as a command that sends it again, the key by its variable', async () => {
  const { stdout } = await shown(teamRun(), '--id', '9', '--curl')
  const [head = '', body = ''] = stdout.split("<<'JSON'\n")
  expect(head).toMatchInlineSnapshot(`
    "curl -sSN 'https://api.openai.com/v1/chat/completions' \\
      -H 'content-type: application/json' \\
      -H "authorization: Bearer $OPENAI_API_KEY" \\
      -d @- "
  `)
  expect(JSON.parse(body.replace(/JSON\n$/, ''))).toMatchObject({ stream: true })
  const effect = await shown(teamRun(), '--id', '1', '--curl')
  expect(effect).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('cannot be sent with curl') })
})

test.each(['anthropic', 'gemini', 'openai'])('the command of %s asks a server what was asked', async name => {
  await using server = await providerServer([{ text: 'Again.' }])
  const cassette = cassetteAt(resolve('cassettes', `${name}.yaml`))
  const id = cassette.entries.find(({ url }) => url.startsWith('http'))?.id ?? 0
  const { request } = cassette.load(id)
  const { stdout } = await reprise(['cassette', 'show', cassette.path, '--id', `${id}`, '--curl'])
  const command = stdout.replace(new URL(request.url).origin, server.url)
  const env = { ...server.env, PATH: process.env['PATH'] ?? '' }
  const { stdout: answer } = await promisify(execFile)('sh', ['-c', command], { env })
  expect(answer).toContain('Again')
  expect(server.requests[0]?.body).toEqual(request.body)
})

test('one interaction is shown in full: the request whole, what was said, how it was answered', async () => {
  const { stdout } = await shown(teamRun(), '--id', '9')
  expect(stdout).toMatchInlineSnapshot(`
    "Interaction 9
      asked by    root
      asked       POST https://api.openai.com/v1/chat/completions
      of          openai, speaking openai-chat
      answered    200
      came in     2 pieces over 2.0 s
      spent       100 tokens in, 20 out · $0.0004
      context     tools 58%, assistant 29%, instructions 5%, results 4%, user 3%

    ── instruction 1 of 2 ──────────────────────────────────────────────────────────
    You lead.

    ── instruction 2 of 2 ──────────────────────────────────────────────────────────
    Today's date: 2026-11-24

    ── tools ───────────────────────────────────────────────────────────────────────
    - transfer_task: transfer_task does as it says.
    - read_file: read_file does as it says.

    ── parameters ──────────────────────────────────────────────────────────────────
    stream: true

    ── turn 1: user ────────────────────────────────────────────────────────────────
    Why is the sea salty?

    ── turn 2: assistant ───────────────────────────────────────────────────────────
    → transfer_task(agent: "reader", task: "Do what a reader does.",
    expected_output: "A line.")
    → transfer_task(agent: "writer", task: "Do what a writer does.",
    expected_output: "A line.")

    ── turn 3: tool ────────────────────────────────────────────────────────────────
    = Rivers bring it.

    ── turn 4: tool ────────────────────────────────────────────────────────────────
    = Salt

    ── said ────────────────────────────────────────────────────────────────────────
    # Salt

    Because **rivers** bring it.
    "
  `)
})

test('--wire adds the bytes', async () => {
  const { stdout } = await shown(teamRun(), '--id', '9', '--wire')
  expect(stdout).toContain('"model": "gpt-4o"')
  expect(stdout).toContain('data: [DONE]')
  const { code, stderr } = await shown(teamRun(), '--wire')
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--id N --wire') })
})

test('what a tool was asked and gave back is shown as it is', async () => {
  const { stdout } = await shown(teamRun(), '--id', '6')
  expect(stdout).toContain('CALL tool:read_file')
  expect(stdout).toContain('rivers bring salt\nand the sun takes water')
})

test('--json prints one document, for the whole and for one interaction', async () => {
  const whole = JSON.parse((await shown(teamRun(), '--json')).stdout)
  expect(whole).toMatchObject({ path: 'run.yaml', interactions: 9, header: { reprise: '1.2.3' } })
  expect(whole.spent).toMatchObject({
    modelCalls: 5,
    toolCalls: 1,
    usage: { input: 500, output: 100 },
    milliseconds: 10_000,
  })
  const [root] = whole.lanes
  const [, , turn] = root.items
  expect(turn.calls.map((call: { lane: { lane: string } }) => call.lane.lane)).toEqual([
    'root/transfer_task:1/reader',
    'root/transfer_task:2/writer',
  ])
  const one = JSON.parse((await shown(teamRun(), '--json', '--id', '9')).stdout)
  expect(one).toMatchObject({
    id: 9,
    request: { url: expect.stringContaining('openai.com') },
    turn: { stop: 'end', cost: 0.00045 },
  })
})

test('the sums of a lane hold those of the tasks that it gave, and what it spent itself stands beside', async () => {
  const { lanes } = JSON.parse((await shown(teamRun(), '--json')).stdout)
  expect(lanes[0].spent.usage.input).toBe(500)
  expect(lanes[0].own.usage.input).toBe(200)
})

test('a call that failed, an answer that broke off and a refusal are told as such', async () => {
  const run = teamRun()
  const broken = run.map(one => {
    if (one.id === 7) return { ...one, response: { status: 200, body: { error: 'failed', content: 'no such file' } } }
    if (one.id === 8) return { ...one, state: 'interrupted' as const, response: { status: 200, body: 'data: {}\n\n' } }
    if (one.id === 9) return { ...one, response: { status: 429, body: '{"error":{"message":"slow down"}}' } }
    return one
  })
  const { stdout } = await shown(broken)
  expect(stdout).toContain('! failed: no such file')
  expect(stdout).toContain('! cut off')
  expect(stdout).toContain('! HTTP 429: slow down')
})

test('a name or a number that is not there is a usage error that says what is', async () => {
  const { code, stderr } = await shown(teamRun(), '--id', '99')
  expect(code).toBe(2)
  expect(stderr).toBe('run.yaml has no interaction 99.\nIts interactions are numbered from 1 to 9.\n')
})

test('no line is wider than 80 columns, and none holds what a terminal would obey', async () => {
  const hostile = `\x1b]0;owned\x07\x1b[2J\u202eevil\r\n\x9b31m${'wörter 漢字 '.repeat(40)}`
  const interactions = [
    said(1, hostile),
    toolCall(2, 'shell', { cmd: hostile }, hostile),
    ...teamRun().map(one => ({ ...one, id: one.id + 2 })),
  ]
  for (const args of [[], ['--id', '1'], ['--id', '2'], ['--id', '12']]) {
    const { stdout } = await shown(interactions, ...args)
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
    for (const line of stdout.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(80)
  }
  const { stdout } = await shown(interactions, '--json')
  expect(stdout).not.toMatch(/[^\P{Cc}\n]/u)
})

test('colours only set words off: without them the text is the same', async () => {
  await using folder = await temporaryFolder()
  const path = await recordedAt(join(folder.path, 'run.yaml'), teamRun())
  const transcript = await transcriptOf(cassetteAt(path), await reading())
  const page = (style: typeof colourStyle) => overviewText(transcript, { style, width: 80 })
  const plain = (await reprise(['cassette', 'show', path], { cwd: folder.path })).stdout
  expect(page(colourStyle)).toContain('\x1b[1m')
  expect(stripVTControlCharacters(page(colourStyle))).toBe(plain.replace('run.yaml', path))
})

test('long lines are broken between words, lists hang, and nothing is lost', () => {
  expect(wrapped('- one two three four', 12)).toEqual(['- one two', '  three four'])
  expect(wrapped('a\n\nb', 12)).toEqual(['a', '', 'b'])
  expect(wrapped('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)])
  expect(clippedTo('one\ntwo   three', 9)).toBe('one two…')
  expect(clippedTo('漢字漢字', 5)).toBe('漢字…')
  expect(visible('a\x1bb\u202ec\td')).toBe('a\\x1bb\\u202ec\td')
})

const letters = fc.constantFrom('a', 'word', ' ', '  ', '- ', '12. ', '漢', '🙂', 'é', '\t', '\n', 'x'.repeat(50))

test('whatever a text is, its lines fit, and no letter is lost', async () => {
  await fc.assert(
    fc.property(fc.array(letters, { maxLength: 60 }), fc.integer({ min: 10, max: 40 }), (parts, width) => {
      const text = parts.join('')
      const lines = wrapped(text, width)
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
      expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
      expect(widthOf(clippedTo(text, width))).toBeLessThanOrEqual(width)
    }),
    { numRuns: 2000 },
  )
})

test('a terminal gets colours and its own width, and none where NO_COLOR is set', async () => {
  await using folder = await temporaryFolder()
  await recordedAt(join(folder.path, 'run.yaml'), teamRun())
  const seen = async (env: Readonly<Record<string, string>>) => {
    await using terminal = ptyOf([process.execPath, command, 'cassette', 'show', 'run'], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...env },
      columns: 60,
    })
    await terminal.waitFor('# Salt Because')
    return { raw: terminal.raw(), screen: terminal.screen() }
  }
  const coloured = await seen({})
  expect(coloured.raw).toContain('\x1b[1mrun.yaml')
  expect(coloured.screen.split('\n').find(line => line.startsWith('root'))).toHaveLength(60)
  const plain = await seen({ NO_COLOR: '1' })
  expect(plain.raw).not.toContain('\x1b[1m')
  expect(plain.screen).toBe(coloured.screen)
})

const cagent = wildFolder && join(wildFolder, 'cagent-e2e/testdata/cassettes/TestRuntime_MultiAgent_SessionReload.yaml')

test.skipIf(!cagent || !existsSync(cagent))(
  'a recording of others is shown with what its requests tell (needs ../shared/wild)',
  async () => {
    const { stdout, code } = await reprise(['cassette', 'show', resolve(cagent ?? '')])
    expect(code).toBe(0)
    expect(stdout).toContain('not by Reprise')
    expect(stdout).toContain("user: What's the weather in Paris? Delegate to the weather agent.")
    expect(stdout).toContain('→ transfer_task(agent: "weather"')
    expect(stdout).toContain('= The current weather in Paris is partly cloudy')
  },
)
