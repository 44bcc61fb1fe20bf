import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Form, FormAnswer } from '../runtime/core/form.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { play } from '../runtime/testing/index.ts'
import { userPromptToolset } from '../tools/user-prompt.ts'
import { command, noNetwork, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { keys, ptyOf } from './support/pty.ts'
import { folderWith } from './support/temp.ts'
import { callsTo, toolNamed, workspaceIn } from './support/toolset.ts'

const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - type: user_prompt
`

const asking = (input: JsonObject): ProviderStep => ({ toolCalls: [{ name: 'user_prompt', input }] })

/** The forms that a person is asked for this call, and what the model reads of his answer. */
const asked = async (input: JsonObject, answer: FormAnswer) => {
  const forms: Form[] = []
  const ask = async (form: Form) => {
    forms.push(form)
    return answer
  }
  const call = callsTo(userPromptToolset({ from: 'The agent root', ask }), { workspace: workspaceIn('/nowhere') })
  return { forms, told: await call('user_prompt', input) }
}

const text = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
})

test.each<[string, JsonObject, JsonObject]>([
  ['free text', {}, text({ response: { title: 'Answer', type: 'string' } }, ['response'])],
  [
    'a choice',
    { schema: { type: 'string', enum: ['red', 'blue'], title: 'Colour' } },
    text({ response: { title: 'Colour', type: 'string', enum: ['red', 'blue'] } }, ['response']),
  ],
  ['a form', { schema: text({ name: { type: 'string' } }) }, text({ name: { type: 'string' } })],
  [
    'an empty form',
    { schema: { type: 'object' } },
    text({ response: { title: 'Answer', type: 'string' } }, ['response']),
  ],
])('a person is asked for %s', async (_, input, schema) => {
  const { forms, told } = await asked(
    { message: 'Which?', title: 'Paint', ...input },
    { action: 'accept', content: { response: 'red' } },
  )
  expect(forms).toEqual([{ from: 'The agent root', message: 'Which?', title: 'Paint', schema }])
  expect(told).toMatchObject({ failed: false, text: '{"action":"accept","content":{"response":"red"}}' })
})

test.each(['decline', 'cancel'] as const)('the model reads that a person would %s', async action => {
  const { told } = await asked({ message: 'Which?' }, { action })
  expect(told).toMatchObject({ failed: true, text: `{"action":"${action}"}` })
})

test('asking needs no approval, and its schema is an object of any kind', async () => {
  const tool = await toolNamed(userPromptToolset({ from: 'x' }), 'user_prompt')
  expect(tool.readOnly).toBe(true)
  expect(tool.parameters['properties']).toMatchObject({ schema: { type: 'object', additionalProperties: {} } })
  expect(tool.parameters['required']).toEqual(['message'])
})

test('a person at a terminal fills in a form of the agent, and a replay asks nobody', async () => {
  const schema = text(
    {
      name: { type: 'string' },
      guests: { type: 'integer', minimum: 1 },
      table: { type: 'string', enum: ['inside', 'outside'] },
      extras: { type: 'array', items: { enum: ['cake', 'music'] } },
      smoking: { type: 'boolean' },
    },
    ['name'],
  )
  await using folder = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer([
    asking({ message: 'For whom?', title: 'the table', schema }),
    { when: /Ann.*guests.*2.*outside.*cake.*music/, text: 'Booked.' },
  ])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const exec = ['exec', 'agent.yaml', '--record=tape', 'Book']
  await using terminal = ptyOf([process.execPath, command, ...exec], { cwd: folder.path, env, rows: 60 })
  await terminal.waitFor(/The agent root asks about the table: For whom\?[\s\S]*name \(needed\)\n\?$/)
  for (const [line, next] of [
    ['Ann', /guests\n\?$/],
    ['none', /Type a number\.\n\?$/],
    ['2', /table\n {2}1\. inside\n {2}2\. outside\n\?$/],
    ['2', /2\. music\n\?$/],
    ['1,2', /smoking\n\?$/],
  ] as const) {
    terminal.write(`${line}${keys.enter}`)
    await terminal.waitFor(next)
  }
  terminal.write(keys.enter)
  await terminal.waitFor('Booked.')
  expect((await terminal.exit).code).toBe(0)
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Book'], {
    cwd: folder.path,
    ...noNetwork,
  })
  expect(replayed).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Booked.') })
})

test.each([[[]], [['--json']], [['--quiet', '--yolo']]])(
  'where nobody is there the model is told so, and the run goes on: exec %j',
  async options => {
    await using there = await folderWith({ 'agent.yaml': agent })
    await using folder = await folderWith({ 'agent.yaml': agent })
    await using server = await providerServer([
      asking({ message: 'Which colour?' }),
      { when: /cancel.*Nobody can be asked/, text: 'Blue, then.' },
    ])
    const run = ['exec', 'agent.yaml', ...options, 'Paint']
    const recorded = await reprise([...run, '--record=tape'], { cwd: folder.path, env: server.env })
    expect(recorded).toMatchObject({ code: 0, stdout: expect.stringContaining('Blue, then.') })
    copyFileSync(join(folder.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
    const replayed = await reprise([...run, '--fake', 'tape', '--strict'], { cwd: there.path, ...noNetwork })
    expect(replayed).toEqual({ ...recorded, stderr: '' })
    expect(readFileSync(join(folder.path, 'tape.yaml'), 'utf8')).toContain('tool:user_prompt')
  },
)

test('a program answers for the user when it records, and is not asked in a replay', async () => {
  await using folder = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer([
    asking({ message: 'Which colour?' }),
    { when: 'green', text: 'Green, then.' },
  ])
  const forms: Form[] = []
  const ask = async (form: Form): Promise<FormAnswer> => {
    forms.push(form)
    return { action: 'accept', content: { response: 'green' } }
  }
  const options = { messages: 'Paint', workingDirectory: folder.path }
  const recorded = await play('agent.yaml', { ...options, env: server.env, record: 'all', ask })
  const replayed = await play('agent.yaml', { ...options, env: {}, record: 'none' })
  expect(forms).toHaveLength(1)
  expect([recorded.answer, replayed.answer]).toEqual(['Green, then.', 'Green, then.'])
})

test('a conversation line by line goes on after a form', async () => {
  await using folder = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer([
    asking({ message: 'Which colour?' }),
    { when: 'green', text: 'Green, then.' },
    { when: 'And the door', text: 'Red.' },
  ])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const run = [process.execPath, command, 'run', 'agent.yaml', '--plain']
  await using terminal = ptyOf(run, { cwd: folder.path, env, rows: 60 })
  await terminal.waitFor(/^>$/m)
  terminal.write(`Paint${keys.enter}`)
  await terminal.waitFor(/Answer \(needed\)\n\?$/)
  terminal.write(`green${keys.enter}`)
  await terminal.waitFor(/Green, then\.\n+>$/)
  terminal.write(`And the door?${keys.enter}`)
  await terminal.waitFor(/Red\.\n+>$/)
  terminal.write(keys.end)
  expect((await terminal.exit).code).toBe(0)
})
