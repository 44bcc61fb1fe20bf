import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dump, load } from 'js-yaml'
import { expect, test } from 'vitest'
import { teamAgent, toolAgent } from './support/agents.ts'
import { type CliResult, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const models = ['openai/gpt-4o', 'openai/gpt-5-mini', 'anthropic/claude-sonnet-4-0', 'google/gemini-2.5-flash']

/** Two turns with a tool, recorded. */
const recordedIn = async (model: string) => {
  const agent = toolAgent.replace('anthropic/claude-sonnet-4-0', model)
  const folder = await folderWith({ 'agent.yaml': agent, 'a.txt': 'content' })
  await using server = await providerServer([
    { text: 'I look.', toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] },
    { text: 'One it is.' },
    { text: 'Two it is.' },
  ])
  const args = ['exec', 'agent.yaml', '--record=tape', '--yolo', 'First', 'Second']
  await reprise(args, { cwd: folder.path, env: server.env })
  return folder
}

/** Played back after the file was changed. */
const playedAfter = async (model: string, change: (text: string) => string): Promise<CliResult> => {
  await using folder = await recordedIn(model)
  const path = join(folder.path, 'tape.yaml')
  const text = readFileSync(path, 'utf8')
  const changed = change(text)
  expect(changed).not.toBe(text)
  writeFileSync(path, changed)
  return await reprise(['replay', 'tape'], { cwd: folder.path })
}

const edited = 'Interaction 7 was edited: what stands under "said" is played.\n'
const saidOtherwise = (text: string) => text.replace('text: Two it is.', 'text: Two it was.')
const askedOtherwise = (text: string) => text.replaceAll(/([:-]) Second$/gm, '$1 Third')
const withoutKeys = (text: string) => text.replaceAll(/^ {4}key: .*\n/gm, '')

test.each(models)('%s: an answer that a person changed is what is said, and that is told', async model => {
  const { code, stdout, stderr } = await playedAfter(model, saidOtherwise)
  expect({ code, stderr }).toEqual({ code: 0, stderr: edited })
  expect(stdout).toMatch(/One it is\.\n--- Agent: root ---\nTwo it was\.$/)
})

test.each(models)('%s: so it is where the question was changed with it', async model => {
  const { code, stdout, stderr } = await playedAfter(model, text => saidOtherwise(askedOtherwise(text)))
  expect({ code, stderr }).toEqual({ code: 0, stderr: edited })
  expect(stdout).toMatch(/Two it was\.$/)
})

test('so it is where somebody took the keys out', async () => {
  const { code, stdout, stderr } = await playedAfter('openai/gpt-4o', text => saidOtherwise(withoutKeys(text)))
  expect({ code, stderr }).toEqual({ code: 0, stderr: edited })
  expect(stdout).toMatch(/Two it was\.$/)
})

test.each([
  ['another question, where it is asked and where it is repeated', askedOtherwise],
  ['no keys', withoutKeys],
  ['the layout of another tool', (text: string) => dump(load(text), { lineWidth: 60, indent: 4 })],
  ['JSON', (text: string) => JSON.stringify(load(text))],
  ['remarks', (text: string) => text.replaceAll(/^( {4}state: complete)$/gm, '$1 # so it was\n    # and so it is')],
  ['line ends of another system', (text: string) => text.replaceAll('\n', '\r\n')],
])('a cassette with %s is played as if it had always been so', async (_, change) => {
  const { code, stdout, stderr } = await playedAfter('anthropic/claude-sonnet-4-0', change)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/read_file response → "content"\nOne it is\.\n--- Agent: root ---\nTwo it is\.$/)
})

const firstOtherwise = (text: string) => text.replace('text: One it is.', 'text: One it was.')

test.each(models)('%s: a conversation goes on from an answer that was changed in it, and that is told', async model => {
  const { code, stdout, stderr } = await playedAfter(model, firstOtherwise)
  expect(stderr).toBe(`Interaction 5 was edited: what stands under "said" is played.
Drift from the recording: an answer that was edited is repeated, turn 4, the model, line 1: "One it is." is now "One it was.".
`)
  expect(code).toBe(0)
  expect(stdout).toMatch(/One it was\.\n--- Agent: root ---\nTwo it is\.$/)
})

test.each(models)('%s: so it does from words beside a call, and from a result that was changed', async model => {
  const words = await playedAfter(model, text => text.replace('text: I look.', 'text: I look at it.'))
  expect(words.code).toBe(0)
  expect(words.stdout).toMatch(/I look at it\.[\s\S]*Two it is\.$/)
  expect(words.stderr).toMatch(/^Interaction 2 was .*\nDrift .* edited is repeated, turn 2.*\n$/)
  const result = await playedAfter(model, text => text.replace('body: content', 'body: nothing'))
  expect(result.code).toBe(0)
  expect(result.stdout).toMatch(/→ "nothing"[\s\S]*Two it is\.$/)
  expect(result.stderr).toMatch(/^Drift .* a result that was edited is repeated.*"content" is now "nothing"\.\n$/)
})

test('what a member said last is the result of its task, also where a person changed it', async () => {
  await using folder = await folderWith({ 'agent.yaml': teamAgent })
  const task = { agent: 'writer', task: 'Write', expected_output: 'A word' }
  await using server = await providerServer([
    { when: 'Give one task to each', toolCalls: [{ name: 'transfer_task', input: task }] },
    { when: 'You are the writer', text: 'Salt.' },
    { when: 'Give one task to each', text: 'It is done.' },
    { when: 'Give one task to each', text: 'Indeed.' },
  ])
  const args = ['exec', 'agent.yaml', '--record=tape', '--yolo', 'First', 'Second']
  await reprise(args, { cwd: folder.path, env: server.env })
  const path = join(folder.path, 'tape.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace('text: Salt.', 'text: Sugar.'))
  const { code, stdout, stderr } = await reprise(['replay', 'tape'], { cwd: folder.path })
  expect(stderr).toMatch(/^Interaction \d+ was .*\nDrift .* a result that was edited is repeated, turn 3.*\n$/)
  expect(code).toBe(0)
  expect(stdout).toMatch(/response → "Sugar\."[\s\S]*It is done\.[\s\S]*Indeed\.$/)
})

test.each([
  ['an answer', 'text: One it is.', 'text: One it was.', /One it was\./],
  ['a result', 'body: content', 'body: nothing', /"nothing"/],
])('a slim cassette goes on from %s that was changed in it', async (_, before, after, told) => {
  await using folder = await recordedIn('openai/gpt-4o')
  await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
  const path = join(folder.path, 'tape.yaml')
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(before)
  writeFileSync(path, text.replace(before, after))
  const { code, stdout } = await reprise(['replay', 'tape'], { cwd: folder.path })
  expect(code).toBe(0)
  expect(stdout).toMatch(told)
  expect(stdout).toMatch(/Two it is\.$/)
})

const call = (path: string) => `          - read_file:\n              path: ${path}\n`
const withCall = (text: string) => text.replace(call('a.txt'), call('a.txt') + call('b.txt'))

test.each(models)('%s: a call that was put in was never made: that is told, and how to have it made', async model => {
  await using folder = await recordedIn(model)
  const path = join(folder.path, 'tape.yaml')
  const text = readFileSync(path, 'utf8')
  for (const changed of [withCall(text), text.replace(call('a.txt'), call('a.txt').repeat(2))]) {
    expect(changed).not.toBe(text)
    writeFileSync(path, changed)
    const { code, stderr } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', 'First', 'Second'], {
      cwd: folder.path,
    })
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /no answer to the (permission|tool call).* read_file of root\.\nInteraction 2 asks for it since it was edited, and it was never made\.\nCause: a call was added by hand\.\nMake it for real, and record it with what comes of it: --fake tape --record=NEW\. Then play NEW back\.\n$/,
    )
  }
})

test('so it is in a slim one; and it is made for real in a recording that goes on, beside what is known', async () => {
  await using folder = await recordedIn('openai/gpt-4o')
  await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
  const path = join(folder.path, 'tape.yaml')
  writeFileSync(path, withCall(readFileSync(path, 'utf8')))
  const args = ['exec', 'agent.yaml', '--fake', 'tape', 'First', 'Second']
  const plain = await reprise(args, { cwd: folder.path })
  expect(plain).toMatchObject({ code: 3, stderr: expect.stringContaining('Cause: a call was added by hand.') })
  writeFileSync(join(folder.path, 'a.txt'), 'changed since')
  writeFileSync(join(folder.path, 'b.txt'), 'new content')
  await using server = await providerServer([{ text: 'Both it is.' }, { text: 'Three it is.' }])
  const extended = await reprise([...args, '--record=other'], { cwd: folder.path, env: server.env })
  expect(extended.code, extended.stderr).toBe(0)
  expect(extended.stdout).toMatch(/→ "content"[\s\S]*→ "new content"\nBoth it is\.[\s\S]*Three it is\.$/)
  const replay = ['exec', 'agent.yaml', '--fake', 'other', '--strict', 'First', 'Second']
  expect(await reprise(replay, { cwd: folder.path })).toMatchObject({ code: 0, stdout: extended.stdout })
})

test('--strict refuses what was changed where it is repeated, and a recording goes on from there for real', async () => {
  await using folder = await recordedIn('openai/gpt-4o')
  const path = join(folder.path, 'tape.yaml')
  writeFileSync(path, firstOtherwise(readFileSync(path, 'utf8')))
  const strict = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'First', 'Second']
  expect(await reprise(strict, { cwd: folder.path })).toMatchObject({ code: 4 })
  await using server = await providerServer([{ text: 'Two it will be.' }])
  const extending = ['exec', 'agent.yaml', '--fake', 'tape', '--record=other', '--yolo', 'First', 'Second']
  const { code, stdout } = await reprise(extending, { cwd: folder.path, env: server.env })
  expect(code).toBe(0)
  expect(stdout).toMatch(/One it was\.\n--- Agent: root ---\nTwo it will be\.$/)
  expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('One it was.')
})
