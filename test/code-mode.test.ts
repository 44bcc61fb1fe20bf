import { expect, test } from 'vitest'
import { functionDoc } from '../tools/code/functions.ts'
import { runScript } from '../tools/code/script.ts'
import { reprise, startReprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import { definitionsIn, expectAlike, resultsIn, toolsIn, twice } from './support/twice.ts'

const agent = (rest: string): string => `agents:
  root:
    model: openai/gpt-4o
    code_mode_tools: true
${rest.replace(/^(?=.)/gm, '    ')}
`

const script = (text: string) => ({ toolCalls: [{ name: 'run_tools_with_javascript', input: { script: text } }] })
const done = { text: 'Done.' }

test('a script calls tools as functions; the calls are recorded, and a replay runs the script without the tools', async () => {
  const run = await twice({
    agent: agent('toolsets:\n  - type: filesystem\n  - type: todo'),
    files: { 'a.txt': 'one\ntwo', 'b.txt': 'three' },
    script: [
      script(`const texts = ['a.txt', 'b.txt'].map(path => read_file({ path }))
console.log(texts.length, 'files')
if (texts[0].includes('two')) write_file({ path: 'c.txt', content: texts.join('+') })
return \`\${read_file({ path: 'c.txt' }).length} \${Date.now()} \${Math.random()}\``),
      done,
    ],
  })
  expectAlike(run)
  const [first, second] = run.requests
  expect(toolsIn(first!)).toEqual([
    'run_tools_with_javascript',
    'create_todo',
    'create_todos',
    'update_todos',
    'list_todos',
  ])
  expect(definitionsIn(first!.body)[0]?.description).toMatch(/function read_file\(args: \{\n {2}path: string/)
  const { value, stdout, stderr } = JSON.parse(resultsIn(second!)[0] ?? '')
  expect([value.split(' ').length, stdout, stderr]).toEqual([3, '2 files\n', ''])
  expect(run.recorded.stdout).toMatch(
    /Calling run_tools_with_javascript[\s\S]*Calling write_file[\s\S]*write_file response → [\s\S]*run_tools_with_javascript response →/,
  )
  expect(run.cassette.match(/lane: root\/run_tools_with_javascript:1\/root/g)?.length).toBeGreaterThan(7)
})

test('calls of a script are asked about, refused and hooked as any other', async () => {
  const run = await twice({
    agent: `${agent(`toolsets:
  - type: filesystem
  - type: shell
hooks:
  pre_tool_use:
    - { matcher: directory_tree, hooks: [{ type: command, command: "echo no trees >&2; exit 2" }] }`)}
permissions: { deny: ["shell:cmd=rm *"], allow: [write_file] }`,
    options: [],
    script: [
      script(`const tries = {
  denied: () => shell({ cmd: 'rm -rf x' }),
  asked: () => shell({ cmd: 'touch y' }),
  hooked: () => directory_tree({ path: '.' }),
  allowed: () => write_file({ path: 'z', content: '1' }),
}
return Object.entries(tries).map(([name, go]) => {
  try { return name + ': ' + go() } catch (error) { return name + '! ' + error.message }
}).join('\\n')`),
      done,
    ],
  })
  expect(run.replayed).toMatchObject({ code: 0, stdout: run.recorded.stdout })
  const { value } = JSON.parse(resultsIn(run.requests[1]!)[0] ?? '')
  expect(value).toMatch(/^denied! shell: Tool 'shell' is denied by permissions configuration \(deny: shell:cmd=rm \*/m)
  expect(value).toMatch(/^asked! shell: The user rejected the tool call/m)
  expect(value).toMatch(/^hooked! directory_tree: Tool call blocked by hook: no trees/m)
  expect(value).toMatch(/^allowed: /m)
})

test('a script that fails says where, and which calls it made', async () => {
  const run = await twice({
    agent: agent('toolsets: [{ type: filesystem }]'),
    files: { 'a.txt': 'one' },
    script: [
      script("const a = read_file({ path: 'a.txt' })\n\nreturn a.missing.length"),
      script('return read_file({ path: "none.txt" })'),
      script('return ((\n'),
      script('for (;;) {}'),
      done,
    ],
  })
  expectAlike(run)
  const results = resultsIn(run.requests[4]!).map(text => JSON.parse(text))
  expect(results.map(({ value }) => value)).toEqual([
    "TypeError: cannot read property 'length' of undefined (line 3: return a.missing.length)",
    expect.stringMatching(/^ToolError: read_file: .*none\.txt.* \(line 1: return read_file/),
    expect.stringMatching(/^SyntaxError: .* \(line [23]/),
    'The script takes too long, and was stopped.',
  ])
  expect(results[0].tool_calls).toEqual([
    { name: 'read_file', arguments: { path: 'a.txt' }, result: expect.stringContaining('one') },
  ])
  expect(results[1].tool_calls[0]).toHaveProperty('error')
})

test('deferred tools that were added are functions too', async () => {
  const run = await twice({
    agent: agent('toolsets: [{ type: filesystem, defer: [list_directory] }]'),
    script: [
      { toolCalls: [{ name: 'add_tool', input: { name: 'list_directory' } }] },
      script("return list_directory({ path: '.' })"),
      done,
    ],
  })
  expectAlike(run)
  expect(toolsIn(run.requests[1]!)).toEqual(['run_tools_with_javascript', 'search_tool', 'add_tool'])
  expect(resultsIn(run.requests[2]!)[1]).toContain('agent.yaml')
})

test('Ctrl-C ends a script and the call that it waits for, and a replay ends there too', async () => {
  await using folder = await folderWith({ 'agent.yaml': agent('toolsets: [{ type: shell }]') })
  await using server = await providerServer([
    script("shell({ cmd: 'echo first' }); shell({ cmd: 'exec sleep 1000', timeout: 1000 })"),
  ])
  const args = ['exec', 'agent.yaml', '--record=cut', '--yolo', 'Go']
  await using running = await startReprise(args, { cwd: folder.path, env: server.env })
  await running.waitFor(/Calling shell\(\n {2}cmd: "exec sleep/)
  running.kill('SIGINT')
  const recorded = await running.result
  expect(recorded.code).toBe(130)
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'cut', 'Go'], { cwd: folder.path })
  expect(replayed.stdout).toBe(recorded.stdout)
  expect(replayed.code).toBe(130)
}, 60_000)

type Answer = { readonly text: string; readonly isError?: boolean }

const ended = async (
  script: string,
  answer: (name: string) => Answer = name => ({ text: name }),
  signal = new AbortController().signal,
) => {
  const functions = ['read', 'a-b', 'JSON'].map(name => ({ name, isPlain: name === 'read' }))
  const running = runScript({ script, functions, seed: 7 }, { signal, now: async () => 86_400_000 })
  let step = await running.next()
  while (!step.done) step = await running.next(answer(step.value.name))
  return step.value
}

test.each<[string, object]>([
  ['return tools["a-b"]() + tools.JSON({}) + read({})', { value: 'a-bJSONread' }],
  [
    'const all = await Promise.all([1, 2].map(async n => (await 1, read({ n })))); return all',
    { value: '["read","read"]' },
  ],
  ['return new Date().toISOString() + new Date().getHours()', { value: '1970-01-02T00:00:00.000Z0' }],
  [
    'return [typeof process, typeof require, typeof fetch, typeof __host, typeof WebAssembly].join()',
    { value: 'undefined,undefined,undefined,undefined,undefined' },
  ],
  ['', { value: '' }],
  [
    'console.error(new Error("x"), undefined, 1n); throw "text"',
    { problem: 'The script threw "text".', stderr: 'Error: x undefined 1\n' },
  ],
  ['await new Promise(() => {})', { problem: 'The script waits for something that never comes.' }],
  ['const f = () => f(); f()', { problem: expect.stringContaining('stack overflow') }],
  ['return "x".repeat(1e9)', { problem: expect.stringMatching(/out of memory|string/) }],
  ['return read("x")', { problem: expect.stringContaining('read takes one object with its arguments') }],
  ['return "x".repeat(50000)', { value: expect.stringMatching(/^x{30000}… \(20000 more characters were cut off\)$/) }],
  [
    'for (let i = 0; i < 1e4; i++) console.log("x".repeat(99))',
    { stdout: expect.stringMatching(/^[x\n]{30000}… \(cut off\)$/) },
  ],
])('the script %s ends as it should', async (script, end) => {
  expect(await ended(script)).toMatchObject(end)
})

test('chance is the same in each run', async () => {
  expect(await ended('return Math.random()')).toEqual(await ended('return Math.random()'))
})

test('a script is over when the run is cancelled', async () => {
  const controller = new AbortController()
  const answer = () => {
    controller.abort(new Error('cancelled by the test'))
    return { text: '' }
  }
  await expect(ended('read(); for (;;) read()', answer, controller.signal)).rejects.toThrow('cancelled by the test')
})

test('a tool is told as a function with its types', () => {
  const parameters = {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'Where\nto' },
      'max-lines': { type: ['integer', 'null'] },
      edits: { type: 'array', items: { type: 'object', properties: { kind: { enum: ['a', 1] } }, required: ['kind'] } },
      other: { anyOf: [{ type: 'boolean' }, { type: 'array', items: { type: 'string' } }, {}] },
    },
    required: ['path'],
  }
  expect(functionDoc({ name: 'do-it', description: 'Does it.\n*/ evil()', parameters })).toBe(
    `/**
 * Does it.
 ** / evil()
 */
tools["do-it"](args: {
  path: string // Where to
  "max-lines"?: number | null
  edits?: {
    kind: "a" | 1
  }[]
  other?: boolean | string[] | any
}): string`.replace(' ** /', ' * * /'),
  )
  expect(functionDoc({ name: 'list', description: '', parameters: { type: 'object' } })).toBe(
    '/**\n *\n */\nfunction list(): string',
  )
})
