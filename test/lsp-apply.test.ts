import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noNetwork, reprise } from './support/cli.ts'
import { realServers, serverIn } from './support/lsp.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const project = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: { strict: true, module: 'nodenext', noEmit: true, allowImportingTsExtensions: true },
    include: ['src'],
  }),
  'src/main.ts': `import { b } from './b.ts'
import { a } from './a.ts'

export const c = a + b
export class Move { x = 1 }
`,
  'src/a.ts': 'export const a = 1\n',
  'src/b.ts': 'export const b = 1\n',
  'src/user.ts': `import { Move } from './main.ts'\nexport const d = new Move()\n`,
}
const main = 'src/main.ts'
const inOrder = `import { a } from './a.ts'\nimport { b } from './b.ts'\n`
const settings = { tsserver: { useClientFileWatcher: true, useSyntaxServer: 'never' } }
const server = realServers['typescript-language-server']

const imports = { file: main, start_line: 1, kind: 'source.organizeImports', title: 'Organize Imports' }
const move = { file: main, start_line: 5, title: 'Move to a new file' }

test('imports are put in order, and a class is moved to a file of its own', async () => {
  await using it = await serverIn(server, project, { fileTypes: ['.ts'], timeout: 60, settings })
  const read = (path: string) => readFileSync(join(it.path, path), 'utf8')
  const { title: _, ...where } = imports
  expect((await it.call('lsp_code_actions', where)).text).toMatch(
    /^Available code actions for src\/main\.ts:1:\n1\. \[source\.organizeImports\.ts\] Organize Imports\n/,
  )
  expect(await it.call('lsp_apply_code_action', imports)).toMatchObject({
    failed: false,
    text: 'Done: Organize Imports\nModified 1 file(s):\n- src/main.ts (2 change(s))',
  })
  expect(read(main)).toBe(`${inOrder}\nexport const c = a + b\nexport class Move { x = 1 }\n`)
  expect((await it.call('lsp_code_actions', { file: main, start_line: 5 })).text).toContain('Move to a new file')
  expect((await it.call('lsp_apply_code_action', move)).text).toMatch(
    /^Done: Move to a new file\nModified 3 file\(s\):\n(- src\/(main|user|Move)\.ts \(.*\d change\(s\)\)\n?){3}$/,
  )
  expect(read('src/Move.ts')).toMatch(/^export class Move \{ x = 1;? \}\n/)
  expect(read('src/user.ts')).toBe(`import { Move } from './Move.ts'\nexport const d = new Move()\n`)
  expect(read(main)).not.toContain('Move')
  for (const file of [main, 'src/user.ts', 'src/Move.ts'])
    expect((await it.call('lsp_diagnostics', { file })).text).toBe(`No diagnostics for ${file}`)
})

test('an action that is not there is told, with those that are, and nothing is done', async () => {
  await using it = await serverIn(server, project, { fileTypes: ['.ts'], timeout: 60, settings })
  expect(await it.call('lsp_apply_code_action', { ...move, title: 'Fly' })).toMatchObject({
    failed: true,
    text: expect.stringMatching(
      /^There is no action "Fly" for these lines\. There are:\n- [\s\S]*- Move to a new file/,
    ),
  })
  expect(readFileSync(join(it.path, main), 'utf8')).toBe(project[main])
})

test('an agent does it, a replay without a server says the same, and it is taken back', async () => {
  const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - type: lsp
        command: ${process.execPath}
        args: ['${server[0]}', --stdio]
        file_types: [.ts]
        config: ${JSON.stringify(settings)}
`
  const calls = [imports, move].map(input => ({ name: 'lsp_apply_code_action', input }))
  await using provider = await providerServer([...calls.map(call => ({ toolCalls: [call] })), { text: 'Done.' }])
  await using here = await folderWith({ 'agent.yaml': agent, ...project })
  await using there = await folderWith({ 'agent.yaml': agent })
  const around = { cwd: here.path, env: { ...provider.env, HOME: join(here.path, '..', 'nobody') } }
  const db = ['--session-db', join(there.path, 'sessions.db')]
  const recorded = await reprise(['exec', 'agent.yaml', '--yolo', '--record=tape', ...db, 'Go'], around)
  expect(recorded.code, recorded.stderr).toBe(0)
  expect(existsSync(join(here.path, 'src/Move.ts'))).toBe(true)
  const undone = await reprise(['sessions', 'undo', ...db], around)
  expect(undone.stdout.split('\n').sort()).toEqual([
    '',
    'removed    src/Move.ts',
    'restored   src/main.ts',
    'restored   src/user.ts',
  ])
  for (const file of [main, 'src/user.ts'] as const)
    expect(readFileSync(join(here.path, file), 'utf8')).toBe(project[file])
  writeFileSync(join(there.path, 'tape.yaml'), readFileSync(join(here.path, 'tape.yaml')))
  const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go']
  const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
  expect(replayed).toMatchObject({ code: 0, stdout: recorded.stdout })
})
