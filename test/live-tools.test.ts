import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toolAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const recorded = async () => {
  const folder = await folderWith({ 'agent.yaml': toolAgent, 'a.txt': 'old words', 'b.txt': 'same' })
  const call = (path: string) => ({ toolCalls: [{ name: 'read_file', input: { path } }] })
  await using server = await providerServer([call('a.txt'), call('b.txt'), { text: 'I have read both.' }])
  await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Read'], { cwd: folder.path, env: server.env })
  return folder
}

const live = ['exec', 'agent.yaml', '--fake', 'tape', '--fake-tools=live', 'Read']

test('tools run for real under a replay, and nothing is said where they answer as recorded', async () => {
  await using folder = await recorded()
  const { code, stdout, stderr } = await reprise([...live, '--strict'], { cwd: folder.path })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('I have read both.')
})

test('where a tool answers otherwise it is told, and the run goes on to its end', async () => {
  await using folder = await recorded()
  writeFileSync(join(folder.path, 'a.txt'), 'new words')
  const { code, stdout, stderr } = await reprise(live, { cwd: folder.path })
  expect(code).toBe(0)
  expect(stdout).toContain('I have read both.')
  expect(stderr).toBe(
    'Drift from the recording: read_file answers otherwise than recorded, line 1: "old words" is now "new words".\n',
  )
})

test('under --strict another answer of a tool is a failure', async () => {
  await using folder = await recorded()
  writeFileSync(join(folder.path, 'a.txt'), 'new words')
  const { code, stderr } = await reprise([...live, '--strict'], { cwd: folder.path })
  expect(code).toBe(4)
  expect(stderr).toContain('"old words" is now "new words"')
})
