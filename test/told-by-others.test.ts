import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Message } from '../runtime/core/message.ts'
import { markdownOf } from '../runtime/tui/transcript.ts'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const agents = `agents:
  root:
    model: openai/gpt-4o
    instruction: Lead.
    sub_agents: [helper]
    toolsets:
      - type: background_agents
  helper:
    model: openai/gpt-4o
    description: Helps.
    instruction: You listen.
`

/** A conversation in which news of the background come, and which is summed up. */
const place = async () => {
  await using server = await providerServer([
    {
      when: 'Ring it',
      toolCalls: [{ name: 'run_background_agent', input: { agent: 'helper', task: 'Hear it' } }],
    },
    { when: 'You listen.', text: 'It RANG. '.repeat(3000) },
    { when: 'started with ID', text: 'I wait.' },
    { when: 'is completed', text: 'Heard.' },
    { when: 'Sum this conversation up', text: 'A BELL was rung.' },
    { when: 'A BELL was rung', text: 'Still here.' },
  ])
  const folder = await folderWith({ 'agent.yaml': agents })
  const env = { ...server.env, HOME: folder.path }
  const run = async (...args: string[]) => (await reprise(args, { cwd: folder.path, env })).stdout
  await run('exec', 'agent.yaml', '--record=run', '--yolo', 'Ring it', '/compact', 'And now?')
  const read = (name: string) => readFileSync(join(folder.path, name), 'utf8')
  return { run, read, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test('what nobody said himself is shown as what it is, in sessions and in what is exported of them', async () => {
  await using here = await place()
  const shown = await here.run('sessions', 'show')
  expect(shown).toMatch(/news of the background: Background agent task task_1 of helper is completed/)
  expect(shown).toMatch(/summary of what was before: This conversation was long/)
  expect(shown.match(/ user: .*/g)).toEqual([' user: Ring it', ' user: And now?'])
  const markdown = await here.run('sessions', 'export', '--to', 'markdown')
  expect(markdown.match(/^## .*/gm)).toEqual([
    '## User',
    '## root',
    '## root',
    '## news of the background',
    '## root',
    '## summary of what was before',
    '## User',
    '## root',
  ])
  const html = await here.run('sessions', 'export', '--to', 'html')
  expect(html.match(/<article[^>]*class="user"/g)).toHaveLength(2)
  expect(await here.run('sessions', 'search', 'BELL')).toMatch(/summary of what was before/)
})

test('a recording tells a summary from an answer', async () => {
  await using here = await place()
  expect(await here.run('cassette', 'show', 'run')).toMatch(/ sums up: A BELL was rung\./)
  expect(await here.run('cassette', 'textconv', 'run.yaml')).toMatch(/, summing up:\n {2}A BELL/)
  await here.run('cassette', 'report', 'run', '-o', 'run.html')
  expect(here.read('run.html')).toMatch(/sums up what was before<\/span>/)
})

test('a page that /export writes gives each his own words', () => {
  const content = [{ type: 'text', text: 'Words.' }] as const
  const messages: Message[] = [
    { role: 'user', content },
    { role: 'user', from: 'background', content },
    { role: 'user', from: 'summary', replaces: 1, content },
  ]
  expect(markdownOf(messages, 'root').match(/^## .*/gm)).toEqual([
    '## You',
    '## (news of the background)',
    '## (summary of what was before)',
  ])
})
