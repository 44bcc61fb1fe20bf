import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { handles } from '../tools/lsp/config.ts'
import { Guard } from '../tools/lsp/guard.ts'
import { languageOf } from '../tools/lsp/languages.ts'
import { indentationOf, withEdits } from '../tools/lsp/text.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { hostilePath, realServers, serverIn } from './support/lsp.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import { toolNamed } from './support/toolset.ts'

const project = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: { strict: true, module: 'nodenext', noEmit: true, allowImportingTsExtensions: true },
    include: ['src'],
  }),
  'src/shape.ts': `/** Something with an area. */
export interface Shape {
  area(): number
}

export class Square implements Shape {
  readonly side: number
  constructor(side: number) {
    this.side = side
  }
  area(): number {
    return this.side * this.side
  }
}
`,
  'src/main.ts': `import { type Shape, Square } from './shape.ts'

const total = (shapes: Shape[]): number => shapes.reduce((sum, one) => sum + one.area(), 0)

export const five = total([new Square(1), new Square('2')])
`,
}
const main = 'src/main.ts'
const shape = 'src/shape.ts'

/**
 * TypeScript's old server watches files by itself, and hears of new ones later than it is asked; and while it reads a
 * project it answers with what it knows of one file. Neither is wanted here.
 */
const tsserver = { useClientFileWatcher: true, useSyntaxServer: 'never' }
const settings = { tsserver, preferences: { includeInlayParameterNameHints: 'all' } }

const open = (name: keyof typeof realServers) =>
  serverIn(realServers[name], project, { name, settings, fileTypes: ['.ts'], timeout: 60 })

const servers = Object.keys(realServers) as (keyof typeof realServers)[]

test.each(servers)('%s tells what stands where, and who uses it', async name => {
  await using it = await open(name)
  const said = async (tool: string, input: object) => (await it.call(tool, input as never)).text
  expect(await said('lsp_workspace', {})).toMatch(
    /File types: \.ts\n[\s\S]*- Hover: Yes\n[\s\S]*- Type Hierarchy: No\n/,
  )
  expect(await said('lsp_hover', { file: main, line: 3, character: 8 })).toContain(
    'const total: (shapes: Shape[]) => number',
  )
  expect(await said('lsp_hover', { file: join(it.path, main), line: 3, character: 8 })).toContain('const total')
  expect(await said('lsp_hover', { file: main, line: 2, character: 1 })).toBe(
    'Nothing is known of this place: src/main.ts:2:1: ⟨here⟩',
  )
  expect(await said('lsp_hover', { file: main, line: 99, character: 1 })).toBe(
    'src/main.ts has 6 lines, so there is no line 99.',
  )
  expect(await said('lsp_definition', { file: main, line: 1, character: 23 })).toBe(
    'Found 1 location(s):\n- src/shape.ts:6:14: export class Square implements Shape {',
  )
  expect(await said('lsp_references', { file: shape, line: 6, character: 14, include_declaration: false })).toMatch(
    /^Found [23] location\(s\):\n(- src\/main\.ts:\d+:\d+: .*\n?){2,3}$/,
  )
  expect(await said('lsp_references', { file: shape, line: 6, character: 14 })).toMatch(/^Found [34] location\(s\)/)
  expect(await said('lsp_implementations', { file: shape, line: 2, character: 20 })).toMatch(/src\/shape\.ts:6:14/)
  const symbols = await said('lsp_document_symbols', { file: shape })
  expect(symbols).toMatch(/^- Interface Shape \(line 2\)\n {2}- Method area \(line 3\)\n- Class Square \(line 6\)\n/)
  expect(await said('lsp_workspace_symbols', { query: 'Square' })).toContain('Square (src/')
  expect(await said('lsp_workspace_symbols', { query: 'Zebra' })).toBe("No symbols found matching 'Zebra'")
  expect(await said('lsp_call_hierarchy', { file: main, line: 3, character: 8, direction: 'incoming' })).toMatch(
    /^Incoming calls to 'total':\n- Module \S+ \(src\/main\.ts:1:1\).* calls at line\(s\) 5$/,
  )
  expect(await said('lsp_call_hierarchy', { file: main, line: 3, character: 8, direction: 'outgoing' })).toMatch(
    /- Method area \(src\/shape\.ts:3:3\)/,
  )
  expect(await said('lsp_type_hierarchy', { file: shape, line: 2, character: 20, direction: 'subtypes' })).toBe(
    `${name} cannot do this: it offers no "Type Hierarchy" (typeHierarchyProvider). lsp_workspace says what it can do.`,
  )
  expect(await said('lsp_signature_help', { file: main, line: 5, character: 28 })).toBe(
    'Function: total(shapes: Shape[]): number [ACTIVE]\n\nParameters:\n1. shapes: Shape[] [ACTIVE]',
  )
  expect(await said('lsp_inlay_hints', { file: main })).toMatch(
    name === 'tsgo' ? /hints for src\/main\.ts/ : /- Line 5, Col \d+: 'shapes:' \(parameter\)/,
  )
})

test.each(servers)('%s tells what is wrong, also after a change by somebody else, and in other files', async name => {
  await using it = await open(name)
  const wrong = async () => (await it.call('lsp_diagnostics', { file: main })).text
  expect(await wrong()).toMatch(
    /^Diagnostics for src\/main\.ts:\n- \[Error\] Line 5:54: Argument of type 'string' is not assignable to parameter of type 'number'\. \(\w+ 2345\)$/,
  )
  writeFileSync(join(it.path, main), project[main].replace("'2'", '2'))
  expect(await wrong()).toBe('No diagnostics for src/main.ts')
  writeFileSync(join(it.path, main), "import { two } from './two.ts'\nexport const three = two + 1\n")
  expect(await wrong()).toMatch(/Line 1:21: Cannot find module '\.\/two\.ts'/)
  writeFileSync(join(it.path, 'src/two.ts'), 'export const two = 2\n')
  expect(await wrong()).toBe('No diagnostics for src/main.ts')
  rmSync(join(it.path, 'src/two.ts'))
  expect(await wrong()).toMatch(/Cannot find module '\.\/two\.ts'/)
})

test.each(servers)('%s renames in all files, formats one, and sees what came of it', async name => {
  await using it = await open(name)
  expect(await it.call('lsp_rename', { file: shape, line: 6, character: 16, new_name: 'Quad' })).toMatchObject({
    failed: false,
    text: expect.stringMatching(
      /^Renamed to 'Quad'\nModified 2 file\(s\):\n- src\/\w+\.ts \(\d change\(s\)\)\n- src\/\w+\.ts \(\d change\(s\)\)$/,
    ),
  })
  for (const file of [main, shape] as const)
    expect(readFileSync(join(it.path, file), 'utf8')).toBe(project[file].replaceAll('Square', 'Quad'))
  expect((await it.call('lsp_workspace_symbols', { query: 'Quad' })).text).toContain('Quad (src/')
  expect(await it.call('lsp_rename', { file: main, line: 2, character: 1, new_name: 'x' })).toMatchObject({
    failed: true,
  })
  const untidy = 'export   const f = ( a:number ) =>{\n      return a+1\n}\n'
  writeFileSync(join(it.path, main), untidy)
  expect((await it.call('lsp_format', { file: main })).text).toMatch(
    /^Formatted src\/main\.ts\nApplied \d+ formatting change\(s\)$/,
  )
  expect(readFileSync(join(it.path, main), 'utf8')).toMatch(
    /^export const f = \(a: number\) => \{\n +return a \+ 1\n\}\n$/,
  )
  expect((await it.call('lsp_format', { file: main })).text).toBe('No formatting changes needed for src/main.ts')
})

test('fixes are proposed with what they would change, and change nothing', async () => {
  await using it = await open('typescript-language-server')
  writeFileSync(join(it.path, main), 'export const side = (one: Square): number => one.side\n')
  const { text } = await it.call('lsp_code_actions', { file: main, start_line: 1 })
  expect(text).toMatch(
    /^Available code actions for src\/main\.ts:1:\n1\. \[quickfix\] Add import from "\.\/shape\S*".*\n {3}src\/main\.ts:1:1-1:1 becomes "import \{ Square \} from/,
  )
  expect(readFileSync(join(it.path, main), 'utf8')).not.toContain('import')
})

test('only tools that change files want a permission, and nothing is started before the first call', async () => {
  await using it = await serverIn([], {}, { command: '/no/such/server' })
  const tools = await it.toolset.open(new AbortController().signal)
  expect(tools.filter(({ readOnly }) => !readOnly).map(({ name }) => name)).toEqual([
    'lsp_rename',
    'lsp_apply_code_action',
    'lsp_format',
  ])
  expect(tools.map(({ name }) => name).sort()).toEqual(
    'apply_code_action call_hierarchy code_actions definition diagnostics document_symbols format hover implementations inlay_hints references rename signature_help type_hierarchy workspace workspace_symbols'
      .split(' ')
      .map(name => `lsp_${name}`),
  )
  const { parameters } = await toolNamed(it.toolset, 'lsp_references')
  expect(Object.keys(parameters['properties'] ?? {})).toEqual(['file', 'line', 'character', 'include_declaration'])
})

const agent = (toolsets: string) => `agents:
  root:
    model: openai/gpt-4o
    toolsets:
${toolsets}`

test('an agent asks two servers, each for its files; a replay starts neither', async () => {
  const hostile = (types: string, rest = '') =>
    `      - { type: lsp, command: '${process.execPath}', args: ['${hostilePath}', shows its environment], file_types: [${types}]${rest} }\n`
  const text = agent(
    `${hostile('.txt', ', env: { WHO: $NAME }')}      - type: filesystem\n${hostile('md', ', tools: [lsp_hover, lsp_workspace]')}`,
  )
  await using there = await folderWith({ 'agent.yaml': text.replaceAll(hostilePath, '/absent/server.ts') })
  await using here = await folderWith({ 'agent.yaml': text, 'a.txt': 'x', 'b.md': 'x', 'c.go': 'x' })
  const calls = [
    ...['a.txt', 'b.md', 'c.go'].map(file => ({ name: 'lsp_hover', input: { file, line: 1, character: 1 } })),
    { name: 'lsp_workspace', input: {} },
    { name: 'lsp_rename', input: { file: 'a.txt', line: 1, character: 1, new_name: 'y' } },
    { name: 'lsp_format', input: { file: 'b.md' } },
  ]
  await using server = await providerServer([...calls.map(call => ({ toolCalls: [call] })), { text: 'Done.' }])
  const recorded = await reprise(['exec', 'agent.yaml', '--record=tape', 'Go'], {
    cwd: here.path,
    env: { ...server.env, NAME: 'somebody', MY_TOKEN: 'tok-0123456789abcdefghij' },
  })
  expect(recorded.code, recorded.stderr).toBe(0)
  const results = recorded.stdout.split(/^(?=.*response →)/m).slice(1)
  expect(results[0]).toContain('WHO: "somebody"')
  expect(results[1]).not.toContain('WHO')
  expect(recorded.stdout).not.toContain('tok-0123456789abcdefghij')
  expect(results[2]).toMatch(/No language server is there for c\.go: hostile-lsp, hostile-lsp are for others\./)
  expect(results[3]?.match(/Workspace Information:/g)).toHaveLength(2)
  // Nobody is there to approve a change; the second server's tools were chosen, so the first is not for its files.
  expect(results[4]).toContain('The user rejected the tool call')
  const offered = server.requests[0]!.body['tools'] as unknown as { function: { name: string } }[]
  const names = offered.map(tool => tool.function.name)
  expect(names.filter(name => name === 'lsp_hover')).toHaveLength(1)
  expect(names.at(-1)).toMatch(/^lsp_/)
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], {
    cwd: there.path,
    ...noNetwork,
  })
  expect(replayed).toMatchObject({ code: 0, stdout: recorded.stdout })
})

test('agents that want the same server have one, others have their own', async () => {
  const lsp = (rest = '') =>
    `{ type: lsp, command: '${process.execPath}', args: ['${hostilePath}', tells its process]${rest} }`
  const text = `agents:
  root:
    model: openai/gpt-4o
    instruction: You lead.
    sub_agents: [same, other]
    toolsets: [${lsp()}]
  same: { model: openai/gpt-4o, instruction: You are the same., toolsets: [${lsp(', tools: [lsp_hover]')}] }
  other: { model: openai/gpt-4o, instruction: You are another., toolsets: [${lsp(', env: { A: b }')}] }
`
  const look = { name: 'lsp_hover', input: { file: 'a.txt', line: 1, character: 1 } }
  const give = (agent: string) => ({ name: 'transfer_task', input: { agent, task: 'Look', expected_output: 'it' } })
  await using folder = await folderWith({ 'agent.yaml': text, 'a.txt': 'x' })
  await using server = await providerServer([
    { when: 'You lead.', toolCalls: [look] },
    { when: 'You lead.', toolCalls: [give('same'), give('other')] },
    { when: 'You are the same.', toolCalls: [look] },
    { when: 'You are the same.', text: 'Seen.' },
    { when: 'You are another.', toolCalls: [look] },
    { when: 'You are another.', text: 'Seen.' },
    { when: 'You lead.', text: 'Done.' },
  ])
  const { code, stdout } = await reprise(['exec', 'agent.yaml', 'Go'], { cwd: folder.path, env: server.env })
  expect(code).toBe(0)
  const seen = Array.from(stdout.matchAll(/process (\d+)/g), ([, pid]) => pid)
  expect(seen).toHaveLength(3)
  expect([seen[0] === seen[1], seen[0] === seen[2]]).toEqual([true, false])
})

test.each([
  [['.ts'], 'a/b.ts', true],
  [['ts', '.GO'], 'x.go', true],
  [['*.ts'], 'a.ts', true],
  [['.d.ts'], 'a.ts', false],
  [[], 'anything', true],
  [['ts'], 'ats', false],
])('a server for %j and the file %s', (types, path, isSo) => {
  expect(handles(types, path)).toBe(isSo)
})

test.each([
  ['a.ts', 'typescript'],
  ['a.tsx', 'typescriptreact'],
  ['A.PY', 'python'],
  ['Dockerfile', 'dockerfile'],
  ['x/CMakeLists.txt', 'cmake'],
  ['a.go', 'go'],
  ['LICENSE', 'plaintext'],
])('%s is %s', (path, language) => {
  expect(languageOf(path)).toBe(language)
})

test.each([
  ['a:\n\tb\n\tc\n', 4, false],
  ['a {\n  b {\n    c\n  }\n}\n', 2, true],
  ['def f():\n    x\n    y\n', 4, true],
  ['flat\n', 4, true],
  ['/**\n * a comment\n */\nfunction f() {\n\treturn\n}\n', 4, false],
])('%j is indented by %i (blanks: %s)', (text, tabSize, insertSpaces) => {
  expect(indentationOf(text)).toEqual({ tabSize, insertSpaces })
})

test('a message may come in pieces of any size', () => {
  const bytes = Buffer.from(
    ['{"a":1}', '{"b":"ü"}']
      .map(body => `Content-Type: x\r\ncontent-length:  ${Buffer.byteLength(body)}\r\n\r\n${body}`)
      .join(''),
  )
  for (let size = 1; size <= bytes.length; size++) {
    const guard = new Guard()
    for (let at = 0; at < bytes.length; at += size) expect(guard.look(bytes.subarray(at, at + size))).toBeUndefined()
  }
})

test('edits count characters as the protocol does', () => {
  const range = (line: number, from: number, to: number) => ({
    start: { line, character: from },
    end: { line, character: to },
  })
  expect(
    withEdits('a😀b\r\nc\rd\n', [
      { range: range(0, 3, 4), newText: 'X' },
      { range: range(2, 0, 1), newText: 'Y' },
    ]),
  ).toBe('a😀X\r\nc\rY\n')
  expect(() =>
    withEdits('abc', [
      { range: range(0, 0, 2), newText: '' },
      { range: range(0, 1, 3), newText: '' },
    ]),
  ).toThrow('overlap')
})
