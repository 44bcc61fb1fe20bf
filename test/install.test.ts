import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import { folderWith } from './support/temp.ts'

/** npm without a network: what is needed is in the tarball. */
const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd, encoding: 'utf8' })

test('the packed command installs elsewhere and plays its examples', async () => {
  await using folder = await folderWith({ 'package.json': '{"name":"elsewhere","private":true}' })
  const [{ filename, files }] = JSON.parse(
    npm(['pack', '--json', '--pack-destination', folder.path], process.cwd()),
  ) as [{ filename: string; files: { path: string }[] }]
  const packed = files.map(({ path }) => path)
  for (const path of [
    'LICENSE',
    'README.md',
    'dist/reprise.js',
    'dist/THIRD-PARTY-LICENSES.txt',
    'agent-schema.json',
    'agents/hello.yaml',
    'cassettes/hello.yaml',
  ]) {
    expect(packed).toContain(path)
  }
  expect(packed.filter(path => /^(runtime|tools|test|node_modules)\//.test(path))).toEqual([])

  npm(['install', join(folder.path, filename)], folder.path)
  expect(readdirSync(join(folder.path, 'node_modules')).filter(name => !name.startsWith('.'))).toEqual(['reprise'])
  const home = join(folder.path, 'node_modules/reprise')
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(folder.path, 'node_modules/.bin/reprise'), ...args], {
      cwd: folder.path,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder.path },
    })
  expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  cpSync(join(home, 'agents/hello.yaml'), join(folder.path, 'mine.yaml'))
  const replay = run('exec', 'mine.yaml', '--fake', join(home, 'cassettes/hello'), 'What is a cassette?')
  expect(replay.stderr).toBe('')
  expect(replay.stdout).toMatch(/^\n--- Agent: root ---\nA cassette is/)
})

test('an old Node is told what is missing', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.1' } })`
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(old)}`, 'dist/reprise.js', '--version'],
    { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder.path } },
  )
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining('needs Node 24 or newer; this is Node 20.11.1'),
  })
})

test('the command asks Node for no name that an old one lacks, so that it comes to say so', () => {
  const names = [...readFileSync('dist/reprise.js', 'utf8').matchAll(/^import\s*\{[^}]*\}\s*from\s*["']node:.*$/gm)]
  expect(names.map(([line]) => line)).toEqual([])
})

/** The Node that brought npm here, where it is an old one. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map(folder => join(folder, 'node'))
  .find(path => Number(spawnSync(path, ['-p', 'process.versions.node.split(".")[0]']).stdout ?? 24) < 24)

test.skipIf(oldNode === undefined)('a real old Node is told so too (skipped where there is none)', () => {
  const { status, stderr } = spawnSync(oldNode ?? '', ['dist/reprise.js', '--version'], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/^reprise needs Node 24 or newer/) })
})
