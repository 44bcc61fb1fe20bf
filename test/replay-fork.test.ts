import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { examplesWith } from './servers/scripts.ts'
import { helloAgent, toolAgent } from './support/agents.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

const examples = Object.entries(examplesWith(''))
const cassette = (name: string): string => resolve(`cassettes/${name}`)

test.each(examples)('the cassette %s plays without its agent file as with it', async (name, { message }) => {
  await using folder = await temporaryFolder()
  const alone = await reprise(['replay', cassette(name)], { cwd: folder.path, ...noNetwork })
  const beside = await reprise(['exec', resolve(`agents/${name}.yaml`), '--fake', cassette(name), message], {
    cwd: folder.path,
    ...noNetwork,
  })
  expect(alone).toMatchObject({ code: 0, stderr: '', stdout: beside.stdout })
})

test.each(examples.flatMap(([name]) => ['bytes', 'split', 'merged', '50x'].map(speed => [name, speed] as const)))(
  'the cassette %s says the same when its bytes come as %s',
  async (name, speed) => {
    const plain = await reprise(['replay', cassette(name)])
    const cut = await reprise(['replay', cassette(name), '--speed', speed])
    expect(cut).toMatchObject({ code: 0, stderr: '', stdout: plain.stdout })
  },
)

test.each(examples)('the run %s survives a refused call and broken streams, and says the same', async name => {
  const plain = await reprise(['replay', cassette(name), '--quiet'])
  const faulty = await reprise(['replay', cassette(name), '--quiet', '--fault', '429:1', '--fault', 'cut:1'])
  expect(faulty).toMatchObject({ code: 0, stdout: plain.stdout })
})

test('a replay stops where it is told to', async () => {
  const { code, stdout, stderr } = await reprise(['replay', cassette('code-reviewer'), '--to', '3'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/read_file\(path: "pkg\/auth\/handler.go"\)\n$/)
  expect(stderr).toContain('Stopped after interaction 3')
})

test.each([
  [['--speed', 'fast'], 'no speed "fast"'],
  [['--fault', 'flood:3'], 'no fault "flood:3"'],
  [['--to', 'the end'], '--to takes the id'],
])('what a replay does not understand is refused: %j', async (options, words) => {
  const { code, stderr } = await reprise(['replay', cassette('hello'), ...options])
  expect(code).toBe(2)
  expect(stderr).toContain(words)
})

test('a cassette without an agent file says how it can be played', async () => {
  await using folder = await folderWith({
    'foreign.yaml':
      'version: 2\ninteractions:\n  - id: 0\n    request:\n      method: POST\n      url: https://api.openai.com/v1/chat/completions\n      body: "{}"\n    response:\n      status: 200\n      body: ""\n',
  })
  for (const asked of [
    ['fork', 'foreign', '--at', '0'],
    ['replay', 'foreign', '--speed', 'recorded'],
  ]) {
    const { code, stderr } = await reprise(asked, { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toContain('--fake foreign')
  }
  const { code, stderr } = await reprise(['replay', 'foreign'], { cwd: folder.path })
  expect(code).toBe(0)
  expect(stderr).toContain('holds no agent file: what stands in it is read')
})

test('a fork plays up to a point, goes on for real with other words, and replays as one run', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }, { text: 'Another two.' }])
  const recorded = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', 'First', 'Second'], recorded)
  const forked = await reprise(['fork', 'tape', '--at', '2', '--record=other', 'Something else'], recorded)
  expect(forked.stdout).toContain('One.')
  expect(forked.stdout).toContain('Another two.')
  expect(forked.code).toBe(0)
  expect(server.requests).toHaveLength(3)
  expect(JSON.stringify(server.requests[2]?.body)).toContain('Something else')

  const replayed = await reprise(['replay', 'other'], { cwd: folder.path, ...noNetwork })
  expect(replayed).toMatchObject({ code: 0, stdout: forked.stdout })
  const original = await reprise(['replay', 'tape', '--quiet'], { cwd: folder.path, ...noNetwork })
  expect(original.stdout).toBe('Two.\n')
})

test('a fork writes over no earlier one, and lies beside the cassette', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent, 'cassettes/none': '' })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }])
  const recorded = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=cassettes/tape', 'First'], recorded)
  await reprise(['fork', 'tape', '--at', '2', 'Second'], recorded)
  await reprise(['fork', 'cassettes/tape.yaml', '--at', '2', 'Third'], recorded)
  expect(readdirSync(join(folder.path, 'cassettes')).sort()).toEqual([
    'none',
    'tape-fork-2-2.yaml',
    'tape-fork-2.yaml',
    'tape.yaml',
  ])
})

test('after a fork tools are real from where the runs part, and not before', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'a.txt': 'old' })
  const reading = { toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] }
  await using server = await providerServer([reading, { text: 'It is old.' }, reading, { text: 'It is new.' }])
  const recorded = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Read'], recorded)
  copyFileSync(join(folder.path, 'agent.yaml'), join(folder.path, 'a.txt'))
  const last = /^ {2}- id: (\d+)$/gm
  const ids = [...readFileSync(join(folder.path, 'tape.yaml'), 'utf8').matchAll(last)].map(([, id]) => Number(id))
  const forked = await reprise(
    ['fork', 'tape', '--at', String(ids.at(-1)), '--record=other', '--yolo', 'Again'],
    recorded,
  )
  expect(forked.stdout).toMatch(/read_file response → "old"[\s\S]*It is old\.[\s\S]*agents:[\s\S]*It is new\./)
})
