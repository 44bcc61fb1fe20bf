import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets: [{ type: filesystem }, { type: shell }]
permissions:
  deny: ["shell:cmd=rm *"]
  ask: [list_directory]
`

const calls = [
  { name: 'list_directory', input: { path: '.' } },
  { name: 'shell', input: { cmd: '$TOOL a.txt' } },
  { name: 'shell', input: { cmd: 'cd . && rm a.txt' } },
  { name: 'write_file', input: { path: 'b.txt', content: 'x' } },
]

/** What is done with each call, as text and as events; recorded, and replayed elsewhere. */
const outcome = async (...options: readonly string[]) => {
  await using here = await folderWith({ 'agent.yaml': agent, 'a.txt': '' })
  await using there = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer([{ toolCalls: calls }, { text: 'Done.' }])
  const recorded = await reprise(['exec', 'agent.yaml', '--json', '--record=tape', ...options, 'Go'], {
    cwd: here.path,
    env: server.env,
  })
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  const replay = (...how: string[]) =>
    reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...how, 'Go'], { cwd: there.path })
  expect((await replay('--json')).stdout).toBe(recorded.stdout)
  const events = recorded.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  return {
    questions: events
      .filter(({ type }) => type === 'question')
      .map(({ call, rule, reason }) => [call.input.cmd ?? call.name, rule, reason]),
    text: (await replay()).stdout,
    files: readdirSync(here.path).sort(),
  }
}

test('whoever is asked is told which rule asks, and why', async () => {
  const { questions, text, files } = await outcome()
  const doubt = 'Only running it tells whether "… a.txt" is forbidden.'
  expect(questions).toEqual([
    ['list_directory', 'ask: list_directory', undefined],
    ['$TOOL a.txt', 'deny: shell:cmd=rm *', doubt],
    ['write_file', undefined, undefined],
  ])
  expect(text).toContain('Asked because of the rule "ask: list_directory".\n')
  expect(text).toContain(`Asked because of the rule "deny: shell:cmd=rm *". ${doubt}\n`)
  expect(text).toMatch(/Calling write_file\(\n {2}path: "b\.txt"\n {2}content: "x"\n\)\n\nCan I run/)
  expect(files).toEqual(['a.txt', 'agent.yaml', 'tape.yaml'])
})

test('--yolo approves what no rule denies; what a rule may deny is asked about, and refused where nobody is there', async () => {
  const { questions, text, files } = await outcome('--yolo')
  expect(questions.map(([call]) => call)).toEqual(['$TOOL a.txt'])
  expect(text).toContain(`Tool 'shell' is denied by permissions configuration`)
  expect(files).toEqual(['a.txt', 'agent.yaml', 'b.txt', 'tape.yaml'])
})
