import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ToolFailure } from '../runtime/core/tool.ts'
import { commandEnvironment } from '../runtime/workspace/environment.ts'
import { localWorkspace } from '../runtime/workspace/local.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

const decoder = new TextDecoder()

const refusal = async (work: () => Promise<unknown> | unknown): Promise<string> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof ToolFailure) return error.message
    throw error
  }
  throw new Error('it was not refused')
}

test('files are read whole or in part, and written with the folders they need', async () => {
  await using folder = await temporaryFolder()
  const workspace = localWorkspace({ root: folder.path, env: {} })
  await workspace.write('a/b/c.txt', 'hello')
  expect(decoder.decode(await workspace.read('a/b/c.txt'))).toBe('hello')
  expect(decoder.decode(await workspace.read('a/b/c.txt', { start: 1, end: 3 }))).toBe('el')
  expect(decoder.decode(await workspace.read('a/b/c.txt', { start: 3, end: 99 }))).toBe('lo')
  expect(await workspace.read('a/b/c.txt', { start: 99, end: 100 })).toHaveLength(0)
  expect(await workspace.read('a/b/c.txt', { start: 3, end: 1 })).toHaveLength(0)
  expect(await workspace.list('a')).toEqual([{ name: 'b', type: 'directory', size: expect.any(Number) }])
  expect(await workspace.stat('a/b/c.txt')).toEqual({ name: 'c.txt', type: 'file', size: 5 })
  expect(await workspace.stat('nowhere/at/all')).toBeUndefined()
})

test('what cannot be done is said in words, with the path as it was written', async () => {
  await using folder = await folderWith({ file: 'x', 'full/x': 'x' })
  const workspace = localWorkspace({ root: folder.path, env: {} })
  expect(await refusal(() => workspace.read('gone'))).toBe('gone not found: there is no such file or folder.')
  expect(await refusal(() => workspace.read('full'))).toBe('full is a folder, not a file.')
  expect(await refusal(() => workspace.read('file/x'))).toContain('a part of this path is a file')
  expect(await refusal(() => workspace.list('file'))).toBe('file is a file, not a folder.')
  expect(await refusal(() => workspace.write('full', 'x'))).toBe('full is a folder, not a file.')
  expect(await refusal(() => workspace.makeDirectory('file'))).toContain('already exists')
  expect(await refusal(() => workspace.removeDirectory('full'))).toContain('is not empty')
  expect(await refusal(() => workspace.removeDirectory('.'))).toContain('is the working directory itself')
  expect(await refusal(() => workspace.read('a\0b'))).toBe('"a\\u0000b" holds a null byte: no file has such a name.')
  expect(await refusal(() => workspace.read('x'.repeat(5000)))).toContain('longer than the system allows')
  expect(await refusal(() => workspace.write(`${'x'.repeat(300)}`, ''))).toContain('longer than the system allows')
})

test('pipes, sockets and devices are refused rather than waited for', async () => {
  await using folder = await temporaryFolder()
  const workspace = localWorkspace({ root: folder.path, env: {} })
  execFileSync('mkfifo', [join(folder.path, 'pipe')])
  const server = createServer().listen(join(folder.path, 'socket'))
  await new Promise(resolve => server.once('listening', resolve))
  expect(await refusal(() => workspace.read('pipe'))).toBe('pipe is a named pipe, not a file.')
  expect(await refusal(() => workspace.write('pipe', 'x'))).toBe('pipe is a named pipe, not a file.')
  expect(await refusal(() => workspace.read('socket'))).toBe('socket is a socket, not a file.')
  expect(await refusal(() => workspace.read('/dev/zero'))).toBe('/dev/zero is a device, not a file.')
  expect((await workspace.list('.')).map(({ name, type }) => [name, type])).toEqual([
    ['pipe', 'other'],
    ['socket', 'other'],
  ])
  await new Promise(resolve => server.close(resolve))
})

test('names may hold anything that a name can hold', async () => {
  await using folder = await temporaryFolder()
  const workspace = localWorkspace({ root: folder.path, env: {} })
  const names = ['line\nend', '-rf', ' ', '..a', '$(x)', '"', '💾', '\\', '*']
  for (const name of names) await workspace.write(name, name)
  for (const name of names) expect(decoder.decode(await workspace.read(name))).toBe(name)
  expect((await workspace.list('.')).map(({ name }) => name).sort()).toEqual(names.toSorted())
})

test('a tilde is the home folder', async () => {
  await using folder = await folderWith({ 'home/note': 'mine' })
  const workspace = localWorkspace({ root: folder.path, env: { HOME: join(folder.path, 'home') } })
  expect(decoder.decode(await workspace.read('~/note'))).toBe('mine')
  expect((await workspace.list('~')).map(({ name }) => name)).toEqual(['note'])
  expect(await workspace.stat('~other')).toBeUndefined()
})

test('writing keeps the mode of a file and what links to it, and leaves nothing beside it', async () => {
  await using folder = await folderWith({ 'script.sh': 'old', locked: 'old' })
  const workspace = localWorkspace({ root: folder.path, env: {} })
  await chmod(join(folder.path, 'script.sh'), 0o755)
  await symlink('script.sh', join(folder.path, 'link'))
  await workspace.write('link', 'new')
  expect(await readFile(join(folder.path, 'script.sh'), 'utf8')).toBe('new')
  expect((await stat(join(folder.path, 'script.sh'))).mode & 0o777).toBe(0o755)
  expect(await readdir(folder.path)).toEqual(['link', 'locked', 'script.sh'])
})

test('a reader never sees half of what is written', async () => {
  await using folder = await temporaryFolder()
  const workspace = localWorkspace({ root: folder.path, env: {} })
  const contents = ['a', 'b', 'c'].map(letter => letter.repeat(300_000))
  await workspace.write('file', contents[0]!)
  let writing = true
  const read = (async () => {
    const seen = new Set<string>()
    while (writing) seen.add(decoder.decode(await workspace.read('file')))
    return seen
  })()
  for (let turn = 0; turn < 20; turn++) await Promise.all(contents.map(content => workspace.write('file', content)))
  writing = false
  for (const seen of await read) expect(contents.includes(seen)).toBe(true)
  expect(await readdir(folder.path)).toEqual(['file'])
})

test('a write that fails leaves the old file, and nothing beside it', async () => {
  await using folder = await folderWith({ 'sub/file': 'old' })
  const workspace = localWorkspace({ root: folder.path, env: {} })
  // A name as long as names can be has no room for anything to be added.
  await workspace.write('n'.repeat(255), 'long')
  const broken = {
    get length(): number {
      throw new Error('broken')
    },
  } as unknown as Uint8Array
  await expect(workspace.write('sub/file', broken)).rejects.toThrow()
  expect(await readFile(join(folder.path, 'sub/file'), 'utf8')).toBe('old')
  expect(await readdir(join(folder.path, 'sub'))).toEqual(['file'])
})

const outside = async () => {
  const folder = await folderWith({ 'in/file': 'inside', 'out/secret': 'outside', 'in-between/x': 'outside' })
  const at = (path: string): string => join(folder.path, path)
  await symlink(at('out'), at('in/folder-link'))
  await symlink('../out/secret', at('in/file-link'))
  await symlink('../out/new', at('in/dangling'))
  await symlink('../out/new-folder', at('in/dangling-folder'))
  await symlink('circle', at('in/circle'))
  await symlink('../in/file', at('in/round-trip'))
  const roots = localWorkspace({ root: at('in'), env: { HOME: at('out') }, roots: ['.'] })
  return { at, roots, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test.each([
  '../out/secret',
  'file/../../out/secret',
  './././../out/secret',
  'folder-link/secret',
  'folder-link/new/deep',
  'file-link',
  'dangling',
  'dangling-folder/x',
  '/etc/passwd',
  '~/secret',
  '/',
  '..',
  '../in-between/x',
])('no path or link leads out of the allowed folders: %s', async path => {
  await using place = await outside()
  const { roots } = place
  const expected = expect.stringContaining('is outside the folders that may be used')
  expect(await refusal(() => roots.read(path))).toEqual(expected)
  expect(await refusal(() => roots.write(path, 'x'))).toEqual(expected)
  expect(await refusal(() => roots.stat(path))).toEqual(expected)
  expect(await refusal(() => roots.list(path))).toEqual(expected)
  expect(await refusal(() => roots.makeDirectory(path))).toEqual(expected)
  expect(await readdir(place.at('out'))).toEqual(['secret'])
  expect(await readFile(place.at('out/secret'), 'utf8')).toBe('outside')
})

test('paths and links that stay inside the allowed folders are followed', async () => {
  await using place = await outside()
  const { roots } = place
  expect(decoder.decode(await roots.read('round-trip'))).toBe('inside')
  expect(decoder.decode(await roots.read('sub/../file'))).toBe('inside')
  expect(decoder.decode(await roots.read(place.at('in/file')))).toBe('inside')
  expect(await refusal(() => roots.read('circle'))).toContain('go round in circles')
  await roots.makeDirectory('new/deep')
  await roots.removeDirectory('new/deep')
  expect(await refusal(() => roots.removeDirectory('folder-link'))).toContain('a part of this path is a file')
})

test('whatever the path, nothing is written outside the allowed folders', async () => {
  await using place = await outside()
  const piece = fc.constantFrom(
    '..',
    '.',
    'folder-link',
    'dangling-folder',
    'file',
    'new',
    'round-trip',
    '',
    'x\ny',
    '~',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async pieces => {
      try {
        await place.roots.write(pieces.join('/'), 'written')
      } catch (error) {
        expect(error).toBeInstanceOf(ToolFailure)
      }
      expect(await readdir(place.at('out'))).toEqual(['secret'])
      expect(await readdir(place.at('.'))).toEqual(['in', 'in-between', 'out'])
    }),
    { numRuns: 200 },
  )
})

test('commands get the environment without its credentials', () => {
  const env = {
    PATH: '/bin',
    HOME: '/home/me',
    PWD: '/x',
    SSH_AUTH_SOCK: '/run/agent',
    LANG: undefined,
    OPENAI_API_KEY: 'a',
    GITHUB_TOKEN: 'b',
    AWS_SECRET_ACCESS_KEY: 'c',
    DB_PASSWORD: 'd',
    MY_OWN: 'e',
    KEYBOARD: 'de',
    AUTHOR: 'me',
  }
  expect(commandEnvironment(env, ['MY_OWN'])).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    PWD: '/x',
    SSH_AUTH_SOCK: '/run/agent',
    KEYBOARD: 'de',
    AUTHOR: 'me',
  })
})

test('links to nothing are listed, and there is nothing behind them', async () => {
  await using folder = await temporaryFolder()
  const workspace = localWorkspace({ root: folder.path, env: {} })
  await mkdir(join(folder.path, 'a'))
  await writeFile(join(folder.path, 'a/x'), 'x')
  await symlink('nowhere', join(folder.path, 'a/dangling'))
  expect((await workspace.list('a')).map(({ name, type }) => [name, type])).toEqual([
    ['dangling', 'link'],
    ['x', 'file'],
  ])
  expect(await workspace.stat('a/dangling')).toBeUndefined()
})
