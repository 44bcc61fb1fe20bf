import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

test('drift is an event under --json and one line on standard error', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'Hello.' }])
  await reprise(['exec', 'agent.yaml', '--record=tape', 'Hi'], { cwd: folder.path, env: server.env })
  writeFileSync(join(folder.path, 'agent.yaml'), helloAgent.replace('one word', 'two words'))
  const { code, stdout, stderr } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--json', 'Hi'], {
    cwd: folder.path,
    ...noNetwork,
  })
  const events = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as { type: string; code?: string; text?: string })
  expect(code).toBe(0)
  expect(events.filter(({ type }) => type === 'notice')).toEqual([
    expect.objectContaining({
      code: 'drift',
      level: 'warning',
      text: expect.stringMatching(/interaction 2: the instruction changed/),
    }),
  ])
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^Drift from the recording: the instruction changed/),
  ])
})
