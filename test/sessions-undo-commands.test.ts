import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import type { Words } from './support/wire/say.ts'

const server = JSON.stringify(
  join(import.meta.dirname, '..', 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js'),
)

const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: Be brief.
    toolsets:
      - type: filesystem
      - type: shell
      - type: script
        shell:
          stamp:
            cmd: echo stamped >> stamp.txt
      - type: mcp
        name: files
        command: node
        args: [${server}, .]
`

const shell = (cmd: string) => ({ name: 'shell', input: { cmd } })
const done: ProviderStep = { text: 'Done.' }

/** Each message is answered by these calls, and then by a word. */
const place = async (
  turns: readonly NonNullable<Words['toolCalls']>[],
  files: Readonly<Record<string, string>> = {},
) => {
  const steps = turns.flatMap(toolCalls => [...(toolCalls.length > 0 ? [{ toolCalls }] : []), done])
  const server = await providerServer(steps)
  const inWork = Object.entries(files).map(([name, text]) => [`work/${name}`, text] as const)
  const folder = await folderWith({ 'agent.yaml': agent, 'work/old.txt': 'old', ...Object.fromEntries(inWork) })
  const path = (name: string) => join(folder.path, 'work', name)
  const run = (...args: string[]) =>
    reprise(args, { cwd: join(folder.path, 'work'), env: { ...server.env, HOME: folder.path } })
  return {
    path,
    run,
    /** The same, with its output in a file. */
    into: async (file: number, ...args: string[]) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, '../dist/reprise.js'), ...args], {
        cwd: join(folder.path, 'work'),
        env: { PATH: process.env['PATH'], ...server.env, HOME: folder.path },
        stdio: ['ignore', file, file],
      })
      const [code] = await once(child, 'exit')
      return { code }
    },
    data: join(folder.path, '.local/share/reprise'),
    text: (name: string) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : undefined),
    exec: (...messages: string[]) => run('exec', '../agent.yaml', '--yolo', ...messages),
    undo: (...flags: string[]) => run('sessions', 'undo', ...flags),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

test('what a command did to files is taken back, and brought back again', async () => {
  await using here = await place(
    [[shell('echo new > old.txt; mkdir -p made/deep; echo a > made/deep/a.txt; rm gone.txt; mv from.txt to.txt')]],
    { 'gone.txt': 'gone', 'from.txt': 'moved', 'same.txt': 'same' },
  )
  await here.exec('Change it')
  expect((await here.undo()).stdout.split('\n').sort()).toEqual([
    '',
    'removed    made',
    'removed    made/deep',
    'removed    made/deep/a.txt',
    'removed    to.txt',
    'restored   from.txt',
    'restored   gone.txt',
    'restored   old.txt',
  ])
  expect(readdirSync(here.path('.')).sort()).toEqual(['from.txt', 'gone.txt', 'old.txt', 'same.txt'])
  expect([here.text('old.txt'), here.text('gone.txt'), here.text('from.txt')]).toEqual(['old', 'gone', 'moved'])
  await here.undo('--redo')
  expect([here.text('old.txt'), here.text('made/deep/a.txt'), here.text('to.txt')]).toEqual(['new\n', 'a\n', 'moved'])
  expect([existsSync(here.path('gone.txt')), existsSync(here.path('from.txt'))]).toEqual([false, false])
})

test('the same of what a script tool and an MCP server did', async () => {
  await using here = await place([
    [{ name: 'stamp', input: {} }],
    [{ name: 'files_write_file', input: { path: 'old.txt', content: 'by a server' } }],
  ])
  await here.exec('Stamp it', 'And now the server')
  expect([here.text('stamp.txt'), here.text('old.txt')]).toEqual(['stamped\n', 'by a server'])
  expect((await here.undo('--turns', '2')).stdout).toBe('restored   old.txt\nremoved    stamp.txt\n')
  expect([here.text('stamp.txt'), here.text('old.txt')]).toEqual([undefined, 'old'])
})

test('what a person did between two commands stays his, and so do files that git ignores', async () => {
  await using here = await place(
    [[shell('echo more >> old.txt')], [shell('echo more >> old.txt; rm -rf dist; rm .env')]],
    {
      '.gitignore': 'dist/\n.env\n',
      '.env': 'KEY=1',
      'dist/out.js': 'out',
    },
  )
  await here.exec('One')
  writeFileSync(here.path('old.txt'), 'mine\n')
  await here.run('exec', '../agent.yaml', '--yolo', '--session', '-1', 'Two')
  expect(here.text('old.txt')).toBe('mine\nmore\n')
  expect((await here.undo()).stdout).toBe('restored   old.txt\n')
  expect([here.text('old.txt'), here.text('.env'), here.text('dist/out.js')]).toEqual(['mine\n', undefined, undefined])
})

test('rules that a command takes away do not make what they hid its work', async () => {
  await using here = await place([[shell('rm .gitignore')]], { '.gitignore': 'dist/\n', 'dist/out.js': 'out' })
  await here.exec('Change it')
  expect((await here.undo()).stdout).toBe('restored   .gitignore\n')
  expect(here.text('dist/out.js')).toBe('out')
})

test('a folder that became a file, a file that became a folder, links and modes come back', async () => {
  await using here = await place(
    [[shell('rm -r a; echo a > a; rm b; mkdir b; echo b > b/b; ln -sfn old.txt link; chmod 700 run.sh')]],
    { 'a/a': 'deep', b: 'plain', 'run.sh': 'run' },
  )
  symlinkSync('run.sh', here.path('link'))
  chmodSync(here.path('run.sh'), 0o640)
  await here.exec('Change it')
  expect(readlinkSync(here.path('link'))).toBe('old.txt')
  await here.undo()
  expect([here.text('a/a'), here.text('b'), readlinkSync(here.path('link'))]).toEqual(['deep', 'plain', 'run.sh'])
  expect(statSync(here.path('run.sh')).mode & 0o777).toBe(0o640)
  await here.undo('--redo')
  expect([here.text('a'), here.text('b/b'), readlinkSync(here.path('link'))]).toEqual(['a\n', 'b\n', 'old.txt'])
  expect(statSync(here.path('run.sh')).mode & 0o777).toBe(0o700)
})

test('commands that run side by side are taken back together, with what our own tools wrote meanwhile', async () => {
  await using here = await place([
    [
      shell('sleep 0.2; echo one > one.txt'),
      shell('echo two > two.txt; sleep 0.4; echo two >> two.txt'),
      { name: 'write_file', input: { path: 'old.txt', content: 'new' } },
    ],
  ])
  await here.exec('Change it')
  expect(here.text('two.txt')).toBe('two\ntwo\n')
  expect((await here.undo()).stdout.split('\n').sort()).toEqual([
    '',
    'removed    one.txt',
    'removed    two.txt',
    'restored   old.txt',
  ])
  expect(here.text('old.txt')).toBe('old')
})

test('a recording that grows meanwhile is no work of the command, and a replay copies nothing', async () => {
  await using here = await place([[shell('echo new > old.txt')]])
  const recorded = await here.run(
    'exec',
    '../agent.yaml',
    '--yolo',
    '--record=tape',
    '--log-file',
    'log.txt',
    'Change it',
  )
  expect(recorded.code, recorded.stderr).toBe(0)
  expect((await here.undo()).stdout).toBe('restored   old.txt\n')
  expect(readdirSync(here.data).filter(name => name.includes('files-'))).toEqual([])
  rmSync(here.data, { recursive: true })
  const replayed = await here.run('exec', '../agent.yaml', '--fake', 'tape', 'Change it')
  expect([replayed.stdout, replayed.code]).toEqual([recorded.stdout, 0])
  expect([existsSync(here.data), here.text('old.txt')]).toEqual([false, 'old'])
})

test('what a command did before it was cut off is taken back too', async () => {
  await using here = await place([])
  await using server = await providerServer([{ toolCalls: [shell('echo new > old.txt; sleep 60')] }])
  const around = { cwd: here.path('.'), env: { ...server.env, HOME: join(here.path('.'), '..') } }
  const cut = await reprise(['exec', '../agent.yaml', '--yolo', '--timeout', '4s', 'Change it'], around)
  expect([cut.code, here.text('old.txt')]).toEqual([1, 'new\n'])
  expect((await here.undo()).stdout).toBe('restored   old.txt\n')
})

test('output that goes into a file of the folder is no work of the command either', async () => {
  await using here = await place([[shell('sleep 0.2; echo new > old.txt')]])
  const out = openSync(here.path('out.txt'), 'w')
  const { code } = await here.into(out, 'exec', '../agent.yaml', '--yolo', '--json', 'Change it')
  closeSync(out)
  expect(code).toBe(0)
  const text = here.text('out.txt')
  expect(text).toContain('agent-end')
  expect((await here.undo()).stdout).toBe('restored   old.txt\n')
  expect(here.text('out.txt')).toBe(text)
})

test('what is too much to be kept is told, and the command runs all the same', async () => {
  await using here = await place([[shell('echo new > old.txt; echo x >> large.bin')], [shell('echo newer > old.txt')]])
  writeFileSync(here.path('large.bin'), Buffer.alloc(11 * 1024 * 1024))
  await here.exec('Change it')
  const undone = await here.undo()
  expect(undone.stdout.split('\n').sort()).toEqual(['', 'restored   old.txt', 'too large  large.bin'])
  for (let folder = 0; folder < 21; folder++) {
    mkdirSync(here.path(`many/${folder}`), { recursive: true })
    for (let file = 0; file < 1000; file++) writeFileSync(here.path(`many/${folder}/${file}`), '')
  }
  const { stderr, code } = await here.run('exec', '../agent.yaml', '--yolo', '--session', '-1', 'Change it')
  expect(code, stderr).toBe(0)
  expect(stderr).toContain('What commands do to files cannot be taken back here: there are more than 20000 files')
  expect(here.text('old.txt')).toBe('newer\n')
})

test('copies that a killed process left are removed by the next that makes some', async () => {
  await using here = await place([[shell('echo new > old.txt')]])
  const left = join(here.data, 'sessions.db.files-999999999-a1b2c3')
  mkdirSync(left, { recursive: true })
  writeFileSync(join(left, '1'), 'a secret')
  await here.exec('Change it')
  expect([existsSync(left), existsSync(dirname(left)), lstatSync(here.data).isDirectory()]).toEqual([false, true, true])
})
