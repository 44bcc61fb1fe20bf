import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

test('the log has levels, and can be an object a line', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([
    { text: 'One.' },
    { text: 'Two.' },
    { status: 401, message: 'No such key' },
  ])
  const options = { cwd: folder.path, env: server.env }
  const log = ['exec', 'agent.yaml', '--quiet', '--debug', '--log-format', 'json']
  const debug = await reprise([...log, 'A question'], options)
  const entries = debug.stderr
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(entries).toContainEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    level: 'info',
    lane: 'root',
    direction: 'out',
    what: expect.stringContaining('POST http'),
    body: expect.stringContaining('A question'),
  })
  const info = await reprise([...log, '--log-level', 'info', 'A question'], options)
  expect(info.stderr).toContain('"what":"200 ')
  expect(info.stderr).not.toContain('A question')
  const error = await reprise(['exec', 'agent.yaml', '--debug', '--log-level', 'error', 'Hi'], options)
  expect(error.stderr).toMatch(/^← root 401 /m)
  expect(error.stderr).not.toContain('→ root POST')
})

test('--debug tells what crosses the border without the keys, and --log-file tells it to a file', async () => {
  const key = 'sk-proj-0123456789abcdefghij0123456789'
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: `Your key is ${key}.` }, { text: `Your key is ${key}.` }])
  const options = { cwd: folder.path, env: { ...server.env, OPENAI_API_KEY: key } }
  const debug = await reprise(['exec', 'agent.yaml', '--debug', `My key is ${key}`], options)
  expect(debug.stderr).toMatch(/→ root POST http:.*\/v1\/chat\/completions/)
  expect(debug.stderr).toMatch(/← root 200/)
  expect(debug.stderr).not.toContain(key)
  const logged = await reprise(['exec', 'agent.yaml', '--log-file', 'run.log', `My key is ${key}`], options)
  expect(logged.stderr).toBe('')
  const log = readFileSync(join(folder.path, 'run.log'), 'utf8')
  expect(log).toMatch(/→ root POST/)
  expect(log).not.toContain(key)
})
