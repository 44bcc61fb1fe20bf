import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, toolAgent } from './support/agents.ts'
import { reprise, startReprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

test('an agent answers in the form that cagent prints', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'Hello there!' }])
  const result = await reprise(['exec', 'agent.yaml', 'Hi'], { cwd: folder.path, env: server.env })
  expect(result).toEqual({ stdout: '\n--- Agent: root ---\nHello there!', stderr: '', code: 0, signal: null })
})

test('several messages are several turns of one conversation', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }])
  const result = await reprise(['exec', 'agent.yaml', 'First', 'Second'], { cwd: folder.path, env: server.env })
  expect(result.stdout).toBe('\n--- Agent: root ---\nOne.\n--- Agent: root ---\nTwo.')
  const said = JSON.stringify(server.requests[1]?.body['messages'])
  expect(said).toMatch(/First.*One\..*Second/)
})

test('what is said anew after an answer broke off begins a line', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  const text = 'one two three'
  const broken = { text, cutAfter: 700, delayMs: 10 }
  await using server = await providerServer([broken, { status: 500, body: 'Oops' }, { text }])
  const options = { cwd: folder.path, env: server.env }
  const { stdout, stderr } = await reprise(['exec', 'agent.yaml', 'Hi', '--record=r'], options)
  expect(stdout).toMatch(/^\n--- Agent: root ---\no[a-z ]*\none two three$/)
  expect(stderr).toContain(' Trying again.\nopenai failed (500): Oops. Trying again.\n')
  expect((await reprise(['exec', 'agent.yaml', 'Hi', '--fake', 'r'], options)).stdout).toBe(stdout)
})

test('a call that was refused without a question is shown before its refusal', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent })
  await using server = await providerServer([
    {
      toolCalls: [
        { name: 'nope', input: { a: 1 } },
        { name: 'read_file', input: '{"path": ' },
      ],
    },
    { text: 'Sorry.' },
  ])
  const options = { cwd: folder.path, env: server.env }
  expect((await reprise(['exec', 'agent.yaml', 'Hi'], options)).stdout).toBe(`
--- Agent: root ---

Calling nope(a: 1)

nope response → "Tool 'nope' is not available. You can only use the tools provided to you."

Calling read_file({"path": )

read_file response → "The arguments are not a JSON object. Call the tool again with valid JSON."
Sorry.`)
})

test('it is told how long a wait will be', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ status: 429, message: 'Slow', headers: { 'retry-after': '30' } }])
  await using running = await startReprise(['exec', 'agent.yaml', 'Hi'], { cwd: folder.path, env: server.env })
  await running.waitFor('openai asks to wait (429): Slow. Trying again in 30 seconds.\n')
  running.kill('SIGINT')
  expect(await running.result).toMatchObject({ code: 130, stdout: '' })
})

test('- is what standard input holds', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ when: 'two\\nlines', text: 'Read.' }])
  const options = { cwd: folder.path, env: server.env, input: 'two\nlines\n' }
  expect(await reprise(['exec', 'agent.yaml', '-'], options)).toMatchObject({
    code: 0,
    stdout: '\n--- Agent: root ---\nRead.',
  })
})

test('run --exec is exec; run without a terminal takes each line of its input as a message', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }])
  const options = { cwd: folder.path, env: server.env }
  expect((await reprise(['run', 'agent.yaml', '--exec', 'Hi'], options)).stdout).toBe('\n--- Agent: root ---\nOne.')
  const lines = await reprise(['run', 'agent.yaml'], { ...options, input: 'Hi\n\nAgain\n' })
  expect(lines).toMatchObject({ code: 0, stdout: '\n--- Agent: root ---\nTwo.\n--- Agent: root ---\nThree.' })
})

test('--quiet prints the final answer only', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'a.txt': 'letter' })
  await using server = await providerServer([
    { text: 'Let me see.', toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] },
    { text: 'A letter.' },
  ])
  const result = await reprise(['exec', 'agent.yaml', '-q', 'Look'], { cwd: folder.path, env: server.env })
  expect(result).toEqual({ stdout: 'A letter.\n', stderr: '', code: 0, signal: null })
})

test('a failed run is no answer for --quiet', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { status: 401 }])
  const result = await reprise(['exec', 'agent.yaml', '-q', 'Hi', 'Again'], { cwd: folder.path, env: server.env })
  expect(result).toMatchObject({ stdout: '', code: 1 })
  expect(result.stderr).toContain('OPENAI_API_KEY')
})

const listing = [
  { text: 'I look.', toolCalls: [{ name: 'list_directory', input: { path: 'files' } }] },
  { text: 'Two.' },
]

test.each([
  [
    [],
    '\n--- Agent: root ---\nI look.\nCalling list_directory(path: "files")\n\nlist_directory response → "FILE a.txt\\nFILE b.txt\\n"\nTwo.',
  ],
  [['--hide-tool-results'], '\n--- Agent: root ---\nI look.\nCalling list_directory(path: "files")\nTwo.'],
  [['--hide-tool-calls'], '\n--- Agent: root ---\nI look.Two.'],
])('tool calls with %j are shown as cagent shows them', async (options, stdout) => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'files/a.txt': '', 'files/b.txt': '' })
  await using server = await providerServer(listing)
  const result = await reprise(['exec', 'agent.yaml', ...options, 'How many?'], { cwd: folder.path, env: server.env })
  expect(result).toEqual({ stdout, stderr: '', code: 0, signal: null })
})

test('--json prints an event a line, from start to end', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'files/a.txt': '', 'files/b.txt': '' })
  await using server = await providerServer(listing)
  const { stdout, code } = await reprise(['exec', 'agent.yaml', '--json', 'How many?'], {
    cwd: folder.path,
    env: server.env,
  })
  const events = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(code).toBe(0)
  expect(events.map(event => event.type).filter(type => !type.endsWith('-delta'))).toEqual(
    'start message agent-start part part finish message tool-call tool-start tool-end message part finish message agent-end end'.split(
      ' ',
    ),
  )
  expect(events.find(event => event.type === 'tool-end').result.content[0].text).toBe('FILE a.txt\nFILE b.txt\n')
  expect(events.at(-1)).toEqual({ type: 'end', exit: 0 })
})

test('a call that needs approval is refused where nobody can be asked, and nothing happens', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent })
  const toolCalls = [{ name: 'write_file', input: { path: 'new.txt', content: 'x' } }]
  await using server = await providerServer([
    { toolCalls },
    { when: 'The user rejected the tool call.', text: 'Sorry.' },
  ])
  const result = await reprise(['exec', 'agent.yaml', 'Write'], { cwd: folder.path, env: server.env })
  expect(result.code).toBe(0)
  expect(result.stdout).toContain('\nCan I run this tool? ([y]es/[a]ll/[n]o): No 👎')
  expect(result.stdout.match(/Calling write_file/g)).toHaveLength(1)
  expect(result.stderr).toContain('--yolo')
  expect(readdirSync(folder.path)).toEqual(['agent.yaml'])
})

test('--yolo lets the same call happen, in the folder of --working-dir', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'work/.keep': '' })
  const toolCalls = [{ name: 'write_file', input: { path: 'new.txt', content: 'x' } }]
  await using server = await providerServer([{ toolCalls }, { text: 'Done.' }])
  const args = ['exec', 'agent.yaml', '--yolo', '--working-dir', 'work', 'Write']
  const result = await reprise(args, { cwd: folder.path, env: server.env })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(result.stdout).not.toContain('Can I run')
  expect(readFileSync(join(folder.path, 'work/new.txt'), 'utf8')).toBe('x')
})

test('files go along with the first message, prompt files with the instructions', async () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  await using folder = await folderWith({
    'agent.yaml': helloAgent,
    'a.txt': 'text of a',
    'dot.png': png,
    'rules.md': 'Be kind.',
  })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }])
  const files = ['--attach', 'a.txt', '--attach', 'dot.png', '--prompt-file', 'rules.md']
  const result = await reprise(['exec', 'agent.yaml', ...files, 'See', 'Again'], { cwd: folder.path, env: server.env })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  const [first, second] = server.requests.map(({ body }) => body['messages'] as { role: string; content: unknown }[])
  const told = JSON.stringify(first)
  expect(told).toContain('text of a')
  expect(told).toContain(png.toString('base64'))
  expect(JSON.stringify(first?.filter(({ role }) => role === 'system'))).toContain('Be kind.')
  expect(JSON.stringify(second?.at(-1))).not.toContain('text of a')
})

test('of a cassette a --dry-run uses nothing, and nobody minds', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'Hello.' }])
  const options = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=first', 'Hi'], options)
  const { code, stderr } = await reprise(['exec', 'agent.yaml', '--dry-run', '--fake', 'first', '--strict'], options)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('--dry-run loads everything, then stops; it asks nobody and leaves no cassette', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([])
  const args = ['run', 'agent.yaml', '--dry-run', '--record=first', 'Hi']
  expect(await reprise(args, { cwd: folder.path, env: server.env })).toMatchObject({
    code: 0,
    stdout: 'Dry run mode enabled. Agent initialized but will not execute.\n',
  })
  expect(readdirSync(folder.path)).toEqual(['agent.yaml'])
})

test('variables come from files, the later one winning, and --model names another model', async () => {
  await using folder = await folderWith({
    'agent.yaml': helloAgent,
    'one.env': '# keys\nexport OPENAI_API_KEY="sk-from-file-one"\n',
    'two.env': "OPENAI_API_KEY='sk-from-file-two' # the second\n",
  })
  await using server = await providerServer([{ text: 'Hello.' }])
  const files = ['--env-from-file', 'one.env', '--env-from-file', 'two.env']
  const args = ['exec', 'agent.yaml', ...files, '--model', 'root=openai/gpt-4.1,openai/gpt-4o', 'Hi']
  const result = await reprise(args, { cwd: folder.path, env: server.env })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(server.requests[0]?.headers['authorization']).toBe('Bearer sk-from-file-two')
  expect(server.requests[0]?.body['model']).toBe('gpt-4.1')
})

test('a reader that has had enough is no reason for a word', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  // More than a pipe holds, so that the writer must notice that nobody reads.
  await using server = await providerServer(() => ({ text: 'word '.repeat(60_000) }))
  await using running = await startReprise(['exec', 'agent.yaml', 'Talk'], { cwd: folder.path, env: server.env })
  await running.waitFor('word')
  running.process.stdout.destroy()
  const { stderr, code } = await running.result
  expect({ stderr, code }).toEqual({ stderr: '', code: 130 })
})

test('nor is it in a replay, which then does not come to its end', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'word '.repeat(30_000) }, { text: 'Two.' }])
  await reprise(['exec', 'agent.yaml', '--record=tape', 'First', 'Second'], { cwd: folder.path, env: server.env })
  const args = ['exec', 'agent.yaml', '--fake', 'tape', 'First', 'Second']
  await using running = await startReprise(args, { cwd: folder.path })
  await running.waitFor('word')
  running.process.stdout.destroy()
  const { stderr, code } = await running.result
  expect({ stderr, code }).toEqual({ stderr: '', code: 130 })
})

test('a slow reader gets everything', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'word '.repeat(30_000) }])
  await using running = await startReprise(['exec', 'agent.yaml', 'Talk'], { cwd: folder.path, env: server.env })
  await running.waitFor('word')
  running.process.stdout.pause()
  await new Promise(resolve => setImmediate(resolve))
  running.process.stdout.resume()
  const { stdout, stderr, code } = await running.result
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  expect(stdout.match(/word/g)).toHaveLength(30_000)
})
