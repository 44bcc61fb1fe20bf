import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toolAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const answers: readonly ProviderStep[] = [
  ...Array.from({ length: 6 }, (_, turn) => ({
    text: `I look for the ${turn}th time.`,
    toolCalls: [{ name: 'read_file', input: { path: 'a.txt', limit: turn + 1 } }],
  })),
  { text: 'It says A.' },
]

const recordIn = async (folder: string): Promise<void> => {
  await using server = await providerServer(answers)
  const args = ['exec', 'agent.yaml', '--record=tape', '--yolo', 'Read it.']
  expect(await reprise(args, { cwd: folder, env: server.env })).toMatchObject({ code: 0 })
}

test('a word of the prompt that changed is a changed line wherever the prompt stands, and nothing else in a slim one', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'a.txt': 'A' })
  const slim = async () => {
    await recordIn(folder.path)
    await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
    return readFileSync(join(folder.path, 'tape.yaml'), 'utf8')
      .replace(/127.0.0.1:\d+/, 'server')
      .split('\n')
  }
  const before = await slim()
  writeFileSync(join(folder.path, 'agent.yaml'), toolAgent.replace('Use your tools.', 'Use your tools well.'))
  const after = await slim()
  expect(after).toHaveLength(before.length)
  const changed = after.filter((line, at) => line !== before[at])
  // A home of its own each time: it stands there only in a test.
  expect(changed.map(line => line.trim().split(':')[0])).toEqual(['recorded', 'digest', 'instruction', 'home', 'text'])
  const verified = await reprise(['cassette', 'verify', 'tape.yaml', '--strict'], { cwd: folder.path })
  expect(verified.stdout).toContain('1 pass')
  const linted = await reprise(['cassette', 'lint', 'tape'], { cwd: folder.path })
  expect(linted).toMatchObject({ code: 0, stdout: '' })
})

test('a slim cassette answers another prompt as drift, and another message never', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'a.txt': 'A' })
  await recordIn(folder.path)
  await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
  writeFileSync(join(folder.path, 'agent.yaml'), toolAgent.replace('Use your tools.', 'Use your tools well.'))
  const args = (message: string) => ['exec', 'agent.yaml', '--fake', 'tape', message]
  const drifted = await reprise(args('Read it.'), { cwd: folder.path })
  expect(drifted).toMatchObject({ code: 0, stdout: expect.stringContaining('It says A.') })
  expect(drifted.stderr).toMatch(/^Drift from the recording: the instruction changed.*\n$/)
  expect(await reprise([...args('Read it.'), '--strict'], { cwd: folder.path })).toMatchObject({ code: 4 })
  expect(await reprise(args('Write it.'), { cwd: folder.path })).toMatchObject({ code: 3 })
})
