import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filmOf } from '../runtime/team/tapes/film.ts'
import { teamAgent, toolAgent } from './support/agents.ts'
import { command, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { keys, type Pty, ptyOf } from './support/pty.ts'
import { atScreen, leave } from './support/screen.ts'

const untilGo = { toolCalls: [{ name: 'shell', input: { cmd: 'until [ -e go ]; do sleep 0.05; done; echo gone' } }] }
const answers: readonly ProviderStep[] = [
  untilGo,
  { when: /Make haste.*And be kind/, toolCalls: [{ name: 'shell', input: { cmd: 'echo more' } }] },
  { when: 'Make haste', text: 'Done, in haste.' },
  { when: 'Next', text: 'Again.' },
]

/** Says something while the agent works, and lets it be heard within the turn. */
const steer = async (terminal: Pty & { readonly folder: string }): Promise<void> => {
  for (const text of ['Make haste', 'And be kind']) {
    terminal.write(`${text}${keys.enter}`)
    await terminal.waitFor(new RegExp(`queued: ${text}\\n>\\nworking[^\\n]*, Enter says it at the next step`))
  }
  terminal.write(keys.enter)
  await terminal.waitFor('at the next step: And be kind')
  writeFileSync(join(terminal.folder, 'go'), '')
}

const heard = /✓ shell until[\s\S]*> Make haste\n\n> And be kind\n[\s\S]*✓ shell echo more[\s\S]*Done, in haste\./

/** A recording of a conversation in which two messages were heard within the first turn. */
const recorded = async () => {
  const terminal = await atScreen(toolAgent, answers, ['--record=tape', '--yolo', 'Wait'])
  await terminal.waitFor(/● shell/)
  await steer(terminal)
  await terminal.waitFor(new RegExp(`${heard.source}\\n\\n>\\nyolo`))
  terminal.write(`Next${keys.enter}`)
  await terminal.waitFor(/Again\.\n\n>\nyolo/)
  await leave(terminal)
  return { ...terminal, text: readFileSync(join(terminal.folder, 'tape.yaml'), 'utf8') }
}

/** What `exec` prints of it. */
const printed =
  /response → .*gone[\s\S]*\n> Make haste\n\n> And be kind\n[\s\S]*more[\s\S]*Done, in haste\.[\s\S]*Again\./

test('what is heard within a turn is recorded in its place, and heard there in every replay', async () => {
  await using tape = await recorded()
  const cli = (...args: string[]) => reprise(args, { cwd: tape.folder })
  expect(tape.text).toMatch(
    /method: HEAR\n +url: heard:user\n +body:.*\n(?: +turn: 2\n)? +response:\n(?: +status: 200\n)? +body: Make haste\n/,
  )
  const exec = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', '--yolo', 'Wait', 'Next']
  expect(await cli(...exec)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(printed) })
  expect(await cli('replay', 'tape')).toMatchObject({ code: 0, stdout: expect.stringMatching(printed) })
  expect(await cli('cassette', 'verify', 'tape', '--strict')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('PASS'),
  })
  expect((await cli('cassette', 'lint', 'tape')).code).toBe(0)
  const shown = (await cli('cassette', 'show', 'tape')).stdout
  expect(shown).toMatch(/user: Wait\n[\s\S]*user: Make haste\n[\s\S]*user: And be kind\n[\s\S]*user: Next/)

  const before = (await cli(...exec)).stdout
  expect(await cli('cassette', 'slim', 'tape')).toMatchObject({ code: 0 })
  expect(await cli(...exec)).toMatchObject({ code: 0, stdout: before })
  expect(await cli('cassette', 'verify', 'tape', '--strict')).toMatchObject({ code: 0 })
})

test('the film of it counts two turns, and shows what was said in the middle of the first', async () => {
  await using tape = await recorded()
  const { frames, turns, failure } = await filmOf(join(tape.folder, 'tape.yaml'), {
    ...{ env: {}, home: '/nowhere', workingDirectory: tape.folder },
    now: () => new Date('2030-01-01T00:00:00Z'),
  })
  expect(failure).toBeUndefined()
  expect(turns).toHaveLength(2)
  expect(frames.filter(({ event }) => event.type === 'message' && event.steers)).toHaveLength(2)
})

test('a fork before it does without, a fork after it has heard it', async () => {
  await using tape = await recorded()
  const ids = [...tape.text.matchAll(/- id: (\d+)\n(?: {4}.*\n)*? {6}method: HEAR/g)].map(([, id]) => Number(id))
  const [first = 0, second = 0] = ids
  const fork = async (at: number, answer: ProviderStep) => {
    await using server = await providerServer([answer, { when: 'Next', text: 'Next.' }])
    return await reprise(['fork', 'tape', '--at', `${at}`, '--yolo', `--record=fork-${at}`], {
      cwd: tape.folder,
      env: server.env,
    })
  }
  const without = await fork(first - 1, { when: /^(?!.*haste).*gone/, text: 'Slowly.' })
  expect(without).toMatchObject({ stdout: expect.stringMatching(/gone[\s\S]*Slowly\./) })
  expect(without.stdout).not.toContain('haste')
  const with_ = await fork(second, { when: /Make haste.*And be kind/, text: 'Kindly.' })
  expect(with_).toMatchObject({ stdout: expect.stringMatching(/> And be kind[\s\S]*Kindly\./) })
})

test('a replay on the screen hears it by itself; what is said there waits, and says why', async () => {
  await using tape = await recorded()
  await using terminal = await atScreen(toolAgent, [], ['--fake', 'tape', '--fake-stream=60', 'Wait'], {
    env: { REPRISE_TAPE: tape.folder },
    shell: 'cp "$REPRISE_TAPE/tape.yaml" . && exec "$@"',
  })
  await terminal.waitFor('working')
  terminal.write(`Next${keys.enter}`)
  await terminal.waitFor('queued: Next')
  expect(terminal.screen()).not.toContain('Enter says it at the next step')
  terminal.write(keys.enter)
  await terminal.waitFor(/A replay hears within a turn what it heard/)
  await terminal.waitFor(/> Make haste\n\n> And be kind\n[\s\S]*Done, in haste\.[\s\S]*> Next\n\nAgain\.\n\n>\nask/)
  await leave(terminal)
})

test('a member at work is not disturbed: the lead hears it when all are done', async () => {
  await using terminal = await atScreen(
    teamAgent,
    [
      {
        toolCalls: [
          { name: 'transfer_task', input: { agent: 'reader', task: 'Read', expected_output: 'A line' } },
          { name: 'transfer_task', input: { agent: 'writer', task: 'Write', expected_output: 'A line' } },
        ],
      },
      { when: 'You are the reader', text: Array.from({ length: 40 }, (_, at) => `read${at} `), delayMs: 40 },
      { when: 'You are the writer', text: 'Written.' },
      { when: /Written\..*In verse/, text: 'Roses are red.' },
    ],
    ['--record=tape', 'Go'],
  )
  await terminal.waitFor('read3')
  terminal.write(`In verse${keys.enter}`)
  await terminal.waitFor('queued: In verse')
  terminal.write(keys.enter)
  await terminal.waitFor(/> In verse\n\nRoses are red\.\n\n>\nask/)
  await leave(terminal)
  const { stdout, code } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], {
    cwd: terminal.folder,
  })
  expect({ stdout, code }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/> In verse\n[\s\S]*Roses are red\./),
  })
})

test('where a replay goes on for real, what is said within a turn is heard, and both halves are recorded', async () => {
  await using tape = await recorded()
  await using server = await providerServer([{ when: /And be kind.*Stop there/, text: 'I stop.' }])
  await using terminal = await atScreen(
    toolAgent,
    [],
    ['--fake', 'tape', '--record=both', '--fake-stream=80', '--yolo', 'Wait'],
    { env: { ...server.env, REPRISE_TAPE: tape.folder }, shell: 'cp "$REPRISE_TAPE/tape.yaml" . && exec "$@"' },
  )
  await terminal.waitFor(/● shell until|✓ shell until|working/)
  terminal.write(`Stop there${keys.enter}`)
  await terminal.waitFor('queued: Stop there')
  terminal.write(keys.enter)
  await terminal.waitFor(/> Stop there\n[\s\S]*I stop\.\n\n> Next \(Tab\)\nyolo/)
  await leave(terminal)
  const both = await reprise(['exec', 'agent.yaml', '--fake', 'both', '--strict', '--yolo', 'Wait'], {
    cwd: terminal.folder,
  })
  expect(both).toMatchObject({ code: 0, stdout: expect.stringMatching(/> Stop there\n[\s\S]*I stop\./) })
})

test('whatever works on cassettes knows what was heard and what was set', async () => {
  await using terminal = await atScreen(
    toolAgent,
    [...answers, { when: /And be kind.*Next/, text: 'Refreshed.' }],
    ['--record=tape', '--yolo', 'Wait'],
  )
  await terminal.waitFor(/● shell/)
  await steer(terminal)
  await terminal.waitFor(new RegExp(`${heard.source}\\n\\n>\\nyolo`))
  terminal.write(`/model anthropic/claude-opus-4-0${keys.enter}`)
  await terminal.waitFor('root speaks with anthropic/claude-opus-4-0')
  terminal.write(`Next${keys.enter}`)
  await terminal.waitFor(/Again\.\n\n>\nyolo/)
  await leave(terminal)
  const cli = (...args: string[]) => reprise(args, { cwd: terminal.folder, env: terminal.server.env })
  expect(await cli('cassette', 'textconv', 'tape.yaml')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Make haste[\s\S]*And be kind[\s\S]*claude-opus-4-0/),
  })
  expect(await cli('cassette', 'diff', 'tape', 'tape')).toMatchObject({ code: 0 })
  expect(await cli('cassette', 'report', 'tape', '-o', 'run.html')).toMatchObject({ code: 0 })
  expect(readFileSync(join(terminal.folder, 'run.html'), 'utf8')).toContain('And be kind')
  expect(await cli('cassette', 'lint', 'tape')).toMatchObject({ code: 0 })
  expect(await cli('cassette', 'check', 'tape')).toMatchObject({ code: 0 })
  const whole = readFileSync(join(terminal.folder, 'tape.yaml'), 'utf8')
  expect(await cli('cassette', 'prune', 'tape')).toMatchObject({ code: 0 })
  expect(readFileSync(join(terminal.folder, 'tape.yaml'), 'utf8')).toBe(whole)
  expect(await cli('cassette', 'export', 'tape', '--to', 'har', '-o', 'tape.har')).toMatchObject({ code: 0 })
  const exec = (name: string) => cli('exec', 'agent.yaml', '--fake', name, '--strict', '--yolo', 'Wait', 'Next')
  expect(await exec('tape.har')).toMatchObject({ code: 0, stdout: (await exec('tape')).stdout })
  expect(await cli('cassette', 'refresh', 'tape', '--model', 'claude-opus-4-0', '--yolo')).toMatchObject({ code: 0 })
  expect(await exec('tape')).toMatchObject({ code: 0, stdout: expect.stringMatching(/Make haste[\s\S]*Refreshed\./) })
})

test.each(['openai/gpt-4o', 'openai/gpt-5', 'google/gemini-2.5-flash'])(
  'what is heard is heard again in the protocol of %s, whole and slim',
  async model => {
    const agent = toolAgent.replace('anthropic/claude-sonnet-4-0', model)
    await using terminal = await atScreen(
      agent,
      [untilGo, { when: /Make haste.*And be kind/, text: 'Done.' }],
      ['--record=tape', '--yolo', 'Wait'],
    )
    await terminal.waitFor(/● shell/)
    await steer(terminal)
    await terminal.waitFor(/> And be kind\n\nDone\.\n\n>\nyolo/)
    await leave(terminal)
    const exec = () =>
      reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', '--yolo', 'Wait'], { cwd: terminal.folder })
    const whole = await exec()
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringMatching(/> And be kind\n[\s\S]*Done\./) })
    expect(await reprise(['cassette', 'slim', 'tape'], { cwd: terminal.folder })).toMatchObject({ code: 0 })
    expect(await exec()).toMatchObject({ code: 0, stdout: whole.stdout })
  },
)

test('a film goes on live from after it, and the agent has heard it', async () => {
  await using tape = await recorded()
  await using server = await providerServer([{ when: /Make haste.*And be kind.*Next.*More/, text: 'Still kind.' }])
  await using terminal = ptyOf([process.execPath, command, 'play', 'tape', '--at', '0'], {
    cwd: tape.folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: tape.folder, ...server.env },
  })
  await terminal.waitFor('interaction 0/')
  terminal.write('G')
  await terminal.waitFor('Again.')
  expect(terminal.screen()).toMatch(/> Make haste\n\n> And be kind\n/)
  terminal.write('f')
  await terminal.waitFor('Go on live from here')
  terminal.write('y')
  await terminal.waitFor(/> And be kind\n[\s\S]*Again\.\n\n>\nyolo · recording tape-fork/)
  terminal.write(`More${keys.enter}`)
  await terminal.waitFor(/Still kind\.\n\n>\nyolo/)
  await leave(terminal)
  const [name = ''] = readdirSync(tape.folder).filter(name => name.startsWith('tape-fork'))
  expect(await reprise(['replay', name], { cwd: tape.folder })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/> And be kind\n[\s\S]*Still kind\./),
  })
})

test('a command waits until the turn is over, and says so', async () => {
  await using terminal = await atScreen(toolAgent, [untilGo, { text: 'Done.' }], ['--record=tape', '--yolo', 'Wait'])
  await terminal.waitFor(/● shell/)
  terminal.write(`/compact${keys.enter}`)
  await terminal.waitFor('queued: /compact')
  terminal.write(keys.enter)
  await terminal.waitFor('A command begins a turn: it is done when this one is over.')
  writeFileSync(join(terminal.folder, 'go'), '')
  await terminal.waitFor(/Done\.\n\n> \/compact\nNothing was summed up\.\n\n>\nyolo/)
  await leave(terminal)
  expect(await reprise(['cassette', 'verify', 'tape', '--strict'], { cwd: terminal.folder })).toMatchObject({ code: 0 })
})
