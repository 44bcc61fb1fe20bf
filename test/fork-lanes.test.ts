import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { teamAgent } from './support/agents.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const task = (agent: string) => ({
  name: 'transfer_task',
  input: { agent, task: `Do what a ${agent} does`, expected_output: 'A word' },
})
const lead = { when: 'Give one task to each' }
const reader = { when: 'You are the reader' }
const writer = { when: 'You are the writer' }
const read = (path: string) => ({ ...reader, toolCalls: [{ name: 'read_file', input: { path } }] })

const first: readonly ProviderStep[] = [
  { ...lead, toolCalls: [task('reader'), task('writer')] },
  read('a.txt'),
  { ...reader, text: 'It says A.' },
  { ...writer, text: 'Salt.' },
  { ...lead, text: 'A and salt.' },
]

/** A lead that gave tasks to two members at once, recorded. */
const recorded = async () => {
  const folder = await folderWith({ 'agent.yaml': teamAgent, 'a.txt': 'A', 'b.txt': 'B' })
  await using server = await providerServer(first)
  const args = ['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go']
  expect(await reprise(args, { cwd: folder.path, env: server.env })).toMatchObject({ code: 0 })
  return folder
}

/** The id of the first interaction in the lane that is called so. */
const idIn = (folder: string, lane: RegExp, url: RegExp): string => {
  const items = readFileSync(join(folder, 'tape.yaml'), 'utf8').split(/^ {2}- id: /m)
  const item = items.find(text => lane.test(text) && url.test(text)) ?? ''
  return /^\d+/.exec(item)?.[0] ?? ''
}

test('a fork inside one of two tasks asks only for what comes after it, and replays as one run', async () => {
  await using folder = await recorded()
  const at = idIn(folder.path, /lane: \S+\/reader/, /url: tool:read_file/)
  await using server = await providerServer([
    { ...reader, text: 'It says something else.' },
    { ...lead, text: 'Something else and salt.' },
  ])
  const forked = await reprise(['fork', 'tape', '--at', at, '--record=other', '--yolo'], {
    cwd: folder.path,
    env: server.env,
  })
  expect(forked).toMatchObject({ code: 0, stdout: expect.stringContaining('Something else and salt.') })
  expect(forked.stdout).toContain('Salt.')
  expect(server.requests).toHaveLength(2)
  const replayed = await reprise(['replay', 'other'], { cwd: folder.path, ...noNetwork })
  expect(replayed).toMatchObject({ code: 0, stdout: forked.stdout, stderr: '' })
})

test('where one task of several is new, only that one and what hangs on it is asked for real', async () => {
  await using folder = await recorded()
  const other = teamAgent.replace('You are the writer.', 'You are the writer, and terse.')
  await using server = await providerServer([
    { when: 'and terse', text: 'NaCl.' },
    { ...lead, text: 'A and NaCl.' },
  ])
  writeFileSync(join(folder.path, 'terse.yaml'), other)
  const args = ['exec', 'terse.yaml', '--fake', 'tape', '--record=other', '--yolo', 'Go']
  const extended = await reprise(args, { cwd: folder.path, env: server.env })
  expect(extended).toMatchObject({ code: 0, stdout: expect.stringContaining('A and NaCl.') })
  expect(server.requests).toHaveLength(2)
  const replayed = await reprise(['exec', 'terse.yaml', '--fake', 'other', '--strict', 'Go'], {
    cwd: folder.path,
    ...noNetwork,
  })
  expect(replayed).toMatchObject({ code: 0, stdout: extended.stdout, stderr: '' })
})

test('what goes on from a recording sends back its ids and signatures as they were given', async () => {
  const agent = (model: string, thinking: string) => `agents:
  root:
    model: m
    instruction: Use your tools.
    toolsets: [{ type: filesystem }]
models:
  m: { provider: ${model}, thinking_budget: ${thinking} }
`
  for (const [model, thinking, signature] of [
    ['anthropic, model: claude-sonnet-4-0', '2048', /"signature":"([^"]{20,})"/],
    ['openai, model: gpt-5-mini', 'medium', /"encrypted_content":"([^"]{20,})"/],
    ['google, model: gemini-2.5-flash', '2048', /"thoughtSignature":"([^"]{20,})"/],
  ] as const) {
    await using folder = await folderWith({ 'agent.yaml': agent(model, thinking), 'a.txt': 'A' })
    const call = { toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] }
    await using server = await providerServer([
      { reasoning: 'I should look.', ...call },
      { text: 'It says A.' },
      { text: 'Still A.' },
    ])
    const options = { cwd: folder.path, env: server.env }
    await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go'], options)
    const args = ['exec', 'agent.yaml', '--fake', 'tape', '--record=other', '--yolo', 'Go', 'And now?']
    expect(await reprise(args, options), model).toMatchObject({ code: 0 })
    const [before, after] = [server.requests[1], server.requests[2]].map(request => JSON.stringify(request?.body))
    expect(signature.exec(before ?? '')?.[1], model).toBeDefined()
    expect(signature.exec(after ?? '')?.[1], model).toBe(signature.exec(before ?? '')?.[1])
    expect(after).not.toContain('previous_response_id')

    await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
    await using again = await providerServer([{ text: 'Still A.' }])
    const { stderr } = await reprise(args, { cwd: folder.path, env: again.env })
    expect(stderr).toContain('tape.yaml is slim: where its model thinks, the provider may refuse to go on from it.')
  }
})
