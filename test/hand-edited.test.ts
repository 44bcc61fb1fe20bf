import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dump, load } from 'js-yaml'
import { expect, test } from 'vitest'
import { toolAgent } from './support/agents.ts'
import { type CliResult, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const models = ['openai/gpt-4o', 'openai/gpt-5-mini', 'anthropic/claude-sonnet-4-0', 'google/gemini-2.5-flash']

/** Two turns with a tool, played back after the file was changed. */
const playedAfter = async (model: string, change: (text: string) => string): Promise<CliResult> => {
  const agent = toolAgent.replace('anthropic/claude-sonnet-4-0', model)
  await using folder = await folderWith({ 'agent.yaml': agent, 'a.txt': 'content' })
  await using server = await providerServer([
    { text: 'I look.', toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] },
    { text: 'One it is.' },
    { text: 'Two it is.' },
  ])
  const args = ['exec', 'agent.yaml', '--record=tape', '--yolo', 'First', 'Second']
  await reprise(args, { cwd: folder.path, env: server.env })
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

test('an answer that was changed, and not where it is repeated, is told as that', async () => {
  const { code, stderr } = await playedAfter('openai/gpt-4o', text =>
    text.replace('text: One it is.', 'text: One it was.'),
  )
  expect(code).toBe(3)
  expect(stderr).toMatch(
    /nearest is interaction 7[\s\S]*recorded: One it is\.\n +now: +One it was\.\nCause: .*edited.*not here, where it is repeated/,
  )
})
