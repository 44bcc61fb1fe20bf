import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toolAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { example, more, playing, press } from './support/film.ts'
import { providerServer } from './support/provider-server.ts'
import { keys } from './support/pty.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

test('one steps from call to call and from failure to failure, and is told where there is none', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'here.txt': 'Here.' })
  await using server = await providerServer([
    { text: 'First.', toolCalls: [{ name: 'read_file', input: { path: 'here.txt' } }] },
    { text: 'Second.', toolCalls: [{ name: 'read_file', input: { path: 'gone.txt' } }] },
    { text: 'Third.', toolCalls: [{ name: 'shell', input: { cmd: 'rm here.txt' } }] },
    { text: 'Cut', stop: 'length' },
  ])
  await reprise(['exec', 'agent.yaml', '--record=tape', 'Try'], { cwd: folder.path, env: server.env })
  await using terminal = await playing('tape', folder.path)
  await press(terminal, 't', 'read_file here.txt')
  await press(terminal, 't', 'read_file gone.txt')
  await press(terminal, 't', 'shell rm here.txt')
  await press(terminal, 't', 'No call after this.')
  await press(terminal, 'T', /Second\.\n○ read_file gone\.txt/)
  await press(terminal, 'e', /✗ read_file gone\.txt/)
  await press(terminal, 'e', /✗ shell rm here\.txt/)
  await press(terminal, 'e', /Cut/)
  await press(terminal, 'e', 'Nothing failed after this.')
  await press(terminal, 'E', /event (?!4\d)/)
  await terminal.waitFor(/⏸ .*✗.* 1x/)
})

test('one agent can be looked at alone', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('team'), folder.path, { rows: 40 })
  await press(terminal, 'G', 'event 250/250')
  expect(terminal.screen()).toContain('Three things matter')
  await press(terminal, 'a', '── team, root alone')
  await press(terminal, 'a', /── team, (?!root)\w+ alone/)
  const [, second = ''] = /── team, (\w+) alone/.exec(terminal.screen()) ?? []
  await press(terminal, 'a', new RegExp(`── team, (?!root|${second})\\w+ alone`))
  const [, agent = ''] = /── team, (\w+) alone/.exec(terminal.screen()) ?? []
  await press(terminal, keys.up, new RegExp(` · ${agent} · `))
  await press(terminal, keys.escape, /── team ─/)
})

test('the moment tells the model and the context of the agent who is at work', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('team'), folder.path, { columns: 120 })
  await press(terminal, 'G', / root · \$0\.007 · gpt-4o · context 753 · event 250\/250/)
  await press(terminal, ':', /\n:▏/)
  terminal.write(`9${keys.enter}`)
  await press(terminal, keys.down, / editor · .* · gpt-4o-mini · context 172/)
})

test('what is new in a request since the one before it is shown, and the next such one', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('team'), folder.path, { rows: 60 })
  await press(terminal, 'G', 'event 250/250')
  await press(terminal, 'd', /against +interaction 2,/)
  const page = terminal.screen()
  expect(page).toContain('Interaction 10')
  expect(page).toMatch(/as before +turn 1\n/)
  expect(page).toContain('── new, turn 2: assistant')
  expect(page).toContain('── new, turn 3: tool')
  expect(page).not.toContain('── turn 1: user')
  await press(terminal, more.before, /Interaction 9[\s\S]*the first request of its conversation/)
  await press(terminal, keys.enter, 'interaction 9/10')
})

test('words are found in a long request, and stand out', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('code-reviewer'), folder.path, { rows: 20 })
  await press(terminal, 'G', /event (\d+)\/\1/)
  await press(terminal, 'i', 'Interaction 5')
  await press(terminal, '/', /\n\/▏/)
  terminal.write(`md5${keys.enter}`)
  await terminal.waitFor(/^.*md5/i)
  const first = terminal.screen()
  await press(terminal, 'n', /^(?=.*md5)/i)
  await expect.poll(() => terminal.screen()).not.toBe(first)
  for (const _ of Array.from({ length: 20 })) terminal.write('n')
  await terminal.waitFor('"md5" does not come below this.')
})

test('a request goes to the clipboard as curl', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('hello'), folder.path)
  await press(terminal, 'G', /event (\d+)\/\1/)
  await press(terminal, 'c', 'Interaction 2 is on the clipboard')
  const [, copied = ''] = /\]52;c;([\w+/=]+)/.exec(terminal.raw()) ?? []
  const shown = await reprise(['cassette', 'show', example('hello'), '--id', '2', '--curl'])
  expect(`${Buffer.from(copied, 'base64')}\n`).toBe(shown.stdout)
  await press(terminal, 'g', 'event 0/')
  await press(terminal, 'c', 'is not a call to a model')
})

test.each([
  ['vi', '+{line} {file}'],
  ['code', '--wait --goto {file}:{line}'],
])('the cassette comes up in %s where the interaction begins', async (name, expected) => {
  await using folder = await folderWith({ [name]: '#!/bin/sh\necho "$@" > opened\n' })
  chmodSync(`${folder.path}/${name}`, 0o755)
  const env = { EDITOR: `${folder.path}/${name}` }
  await using terminal = await playing(example('hello'), folder.path, { env })
  await press(terminal, 'G', /event (\d+)\/\1/)
  terminal.write('o')
  await expect
    .poll(() => existsSync(`${folder.path}/opened`) && readFileSync(`${folder.path}/opened`, 'utf8'))
    .toMatch(/./)
  const file = `${example('hello')}.yaml`
  const line = 1 + readFileSync(file, 'utf8').split('\n').indexOf('  - id: 2')
  const told = expected.replace('{line}', `${line}`).replace('{file}', file)
  expect(readFileSync(`${folder.path}/opened`, 'utf8').trim()).toBe(told)
  await press(terminal, 'g', 'event 0/')
})
