import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { hostilePath, lspWorld, serverIn } from './support/lsp.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'
import { callsTo, workspaceIn } from './support/toolset.ts'

const files = { 'a.txt': 'one two\nthree\nfour' }
const place = { file: 'a.txt', line: 1, character: 1 }

const hostile = (
  how: string,
  config: Parameters<typeof serverIn>[2] = {},
  more: Readonly<Record<string, string>> = {},
  state = '',
) => serverIn([hostilePath, how, state], { ...files, ...more }, { timeout: 20, ...config })

test.each([
  ['silent at start', 'server did not answer initialize within 1 s.', 1],
  [
    'dies at start',
    'server cannot be used: it ended with exit code 7.\nIts last words were:\nOut of memory, or something like it',
    20,
  ],
  [
    'no protocol',
    /server cannot be used: it wrote something that is no message of the Language Server Protocol: "Starting the server on port/,
    20,
  ],
  [
    'announces a gigabyte',
    'server cannot be used: it sent a message of 1073741824 bytes, more than anybody could use.',
    20,
  ],
  ['never ends its head', /no message of the Language Server Protocol/, 20],
] as const)('a server that %s cannot be used, and it is said why', async (how, words, timeout) => {
  await using it = await hostile(how, { timeout })
  const { failed, text } = await it.call('lsp_hover', place)
  expect(failed).toBe(true)
  if (typeof words === 'string') expect(text).toBe(words)
  else expect(text).toMatch(words)
})

test('a program that is not there is named, with where the agent file says that it comes from', async () => {
  await using it = await serverIn([], files, { name: 'gopls', command: 'no-such-gopls', version: 'golang/tools@v1' })
  expect(await it.call('lsp_hover', place)).toMatchObject({
    failed: true,
    text: 'gopls cannot be started: there is no program no-such-gopls. It has to be installed. The agent file says that it is golang/tools@v1.',
  })
})

test('a server that floods is ended, and a call says so', async () => {
  await using it = await hostile('floods', { timeout: 60 })
  expect(await it.call('lsp_hover', place)).toMatchObject({
    failed: true,
    text: expect.stringMatching(
      /^server was started again, and was lost again: it sent without end and answered nothing\./,
    ),
  })
})

test('a server that dies in the middle is started again, and the call is answered', async () => {
  await using folder = await temporaryFolder()
  await using it = await hostile('dies once', {}, {}, join(folder.path, 'died'))
  expect(await it.call('lsp_hover', place)).toMatchObject({ failed: false, text: 'open a.txt 1' })
})

test('one that dies again is given up for this call, with its last words; the next call starts it anew', async () => {
  await using it = await hostile('dies at hover')
  const words =
    'server was started again, and was lost again: it ended with exit code 7.\nIts last words were:\nOut of memory, or something like it'
  expect(await it.call('lsp_hover', place)).toMatchObject({ failed: true, text: words })
  expect(await it.call('lsp_workspace')).toMatchObject({
    failed: false,
    text: expect.stringContaining('Server: hostile 1'),
  })
  expect(await it.call('lsp_hover', place)).toMatchObject({ failed: true, text: words })
})

test.each([
  ['silent at hover', { timeout: 1 }, 'server did not answer textDocument/hover within 1 s.'],
  ['closes its output', {}, 'server was started again, and was lost again: it closed its output.'],
  ['refuses', {}, 'server did not do textDocument/hover: not today'],
] as const)('a server that %s is told of', async (how, config, text) => {
  await using it = await hostile(how, config)
  expect(await it.call('lsp_hover', place)).toMatchObject({ failed: true, text })
})

test('what a server calls out of date is asked again, and what makes no sense is passed over', async () => {
  await using folder = await temporaryFolder()
  await using fickle = await hostile('changes its mind', {}, {}, join(folder.path, 'asked'))
  expect(await fickle.call('lsp_hover', place)).toMatchObject({ failed: false, text: 'open a.txt 1' })
  await using mad = await hostile('writes nonsense')
  expect(await mad.call('lsp_hover', place)).toMatchObject({ failed: false, text: 'open a.txt 1' })
})

test('a call that is called off does not wait for the server', async () => {
  await using it = await hostile('silent at hover')
  const stop = new AbortController()
  const calls = callsTo(it.toolset, { workspace: workspaceIn(it.path), signal: stop.signal })
  await calls('lsp_workspace')
  const call = calls('lsp_hover', place)
  setTimeout(() => stop.abort(new Error('the user has gone')), 50)
  await expect(call).rejects.toThrow('the user has gone')
})

test('a run that ends while a server starts does not wait for it', async () => {
  // Longer than any test may take.
  const it = await hostile('silent at start', { timeout: 3600 })
  const stop = new AbortController()
  const call = callsTo(it.toolset, { workspace: workspaceIn(it.path), signal: stop.signal })('lsp_hover', place)
  stop.abort(new Error('the user has gone'))
  await expect(call).rejects.toThrow('the user has gone')
  await it[Symbol.asyncDispose]()
  expect(await it.call('lsp_hover', place)).toMatchObject({ failed: true })
})

test('what a server cannot do is said, and so is for which files it is', async () => {
  await using it = await hostile('offers little', { fileTypes: ['.txt', 'md'] }, { 'b.go': 'x' })
  expect((await it.call('lsp_definition', place)).text).toBe(
    'server cannot do this: it offers no "Go to Definition" (definitionProvider). lsp_workspace says what it can do.',
  )
  expect((await it.call('lsp_hover', { ...place, file: 'b.go' })).text).toBe(
    'No language server is there for b.go: server is for .txt, md.',
  )
  expect((await it.call('lsp_hover', { ...place, file: 'none.txt' })).text).toMatch(/none\.txt/)
  expect((await it.call('lsp_hover', { ...place, line: 0 })).text).toMatch(/The parameter line must be at least 1/)
})

test('long answers and long lists are cut', async () => {
  await using long = await hostile('is long')
  expect((await long.call('lsp_hover', place)).text.length).toBeLessThan(11_000)
  await using much = await hostile('finds much')
  const { text } = await much.call('lsp_workspace_symbols', { query: 'name' })
  expect(text.split('\n')).toHaveLength(201)
  expect(text).toMatch(/… and 4800 more$/)
})

test('the server sees files as they are, whoever changed them', async () => {
  await using it = await hostile('watches', {}, { 'c.go': '', 'sub/d.md': 'x' })
  const said = async (file = 'a.txt') => (await it.call('lsp_hover', { ...place, file })).text.split('\n')
  expect(await said()).toEqual(['open a.txt 1'])
  expect(await said()).toEqual(['open a.txt 1'])
  writeFileSync(join(it.path, 'a.txt'), 'other')
  writeFileSync(join(it.path, 'c.go'), 'of no interest')
  writeFileSync(join(it.path, 'e.md'), 'new')
  rmSync(join(it.path, 'sub/d.md'))
  expect((await said()).slice(1)).toEqual(['watched 1 e.md', 'watched 3 d.md', 'change a.txt 2', 'save a.txt other'])
  rmSync(join(it.path, 'a.txt'))
  expect((await said('e.md')).slice(5)).toEqual(['watched 3 a.txt', 'close a.txt', 'open e.md 1'])
})

test('a server is told its settings, and may change no file by itself', async () => {
  await using it = await hostile('asks', { settings: { a: { b: 7 } } })
  const { text } = await it.call('lsp_hover', place)
  expect(JSON.parse(text)).toEqual({
    settings: [7, null],
    folders: [{ uri: `file://${it.path}`, name: expect.any(String) }],
    applied: { applied: false, failureReason: expect.any(String) },
    page: { success: false },
  })
  expect(readFileSync(join(it.path, 'a.txt'), 'utf8')).toBe(files['a.txt'])
})

test('a server gets the environment of commands and what the agent file adds, and no more', async () => {
  const world = lspWorld({ env: { PATH: process.env['PATH'] ?? '', HOME: '/h' } })
  await using it = await hostile('shows its environment', { world, env: { GOFLAGS: '-mod=mod', HOME: '/mine' } })
  const { text } = await it.call('lsp_hover', place)
  const env = JSON.parse(text) as Record<string, string>
  expect(env).toMatchObject({ GOFLAGS: '-mod=mod', HOME: '/mine' })
  expect(Object.keys(env).filter(name => !/^(PATH|HOME|GOFLAGS|PWD|SHLVL|_|OLDPWD)$/.test(name))).toEqual([])
})

test.each([
  ['renames outside', /outside the folders that may be used/],
  ['renames through a link', /outside the folders that may be used/],
  ['renames a page', /wants to change https:\/\/example\.com\/a, which is no file\. Nothing was changed\./],
  ['renames what is not there', /none\.txt/],
  ['overlaps', /that overlap\. Nothing was changed\./],
  ['creates what is there', /b\.txt is there already\. Nothing was changed\./],
  ['creates outside', /outside the folders that may be used/],
  ['removes a full folder', /full is a folder, and not empty\. Nothing was changed\./],
  ['removes what is not there', /none\.txt is not there\. Nothing was changed\./],
  ['moves onto another', /b\.txt is there already\. Nothing was changed\./],
  ['moves a link', /outside the folders that may be used/],
  ['is out of date', /was changed meanwhile\. Nothing was changed/],
  ['renames nothing', 'What is here cannot be renamed: a.txt:1:1: ⟨here⟩one two'],
] as const)('a server that %s changes nothing', async (how, words) => {
  await using elsewhere = await folderWith({ 'outside.txt': 'secret' })
  const outside = join(elsewhere.path, 'outside.txt')
  await using it = await hostile(how, {}, { 'b.txt': 'b', 'full/deep/c.txt': 'c' }, outside)
  symlinkSync(outside, join(it.path, 'link.txt'))
  const { failed, text } = await it.call('lsp_rename', { ...place, new_name: 'X' })
  expect(failed).toBe(true)
  expect(text).toMatch(typeof words === 'string' ? new RegExp(words.replace(/[.:⟨⟩]/g, '.')) : words)
  expect(readFileSync(join(it.path, 'a.txt'), 'utf8')).toBe(files['a.txt'])
  expect(readFileSync(outside, 'utf8')).toBe('secret')
  expect(
    readdirSync(it.path)
      .filter(name => !name.includes('state'))
      .sort(),
  ).toEqual(['a.txt', 'b.txt', 'full', 'link.txt'])
})

test('files are made, moved and removed where a change needs it', async () => {
  await using it = await hostile(
    'makes, moves and removes files',
    {},
    {
      'b.txt': 'b',
      'full/deep/c.txt': 'one',
      'gone/d.txt': 'd',
      'gone/deep/e.txt': 'e',
    },
  )
  const { text } = await it.call('lsp_rename', { ...place, new_name: 'XXX' })
  expect(text.split('\n').slice(2)).toEqual([
    '- new/new.txt (created, 1 change(s))',
    '- moved/a.txt (was a.txt, 1 change(s))',
    '- moved/full/deep/c.txt (was full/deep/c.txt, 1 change(s))',
    '- b.txt (replaced)',
    '- gone/d.txt (deleted)',
    '- gone/deep/e.txt (deleted)',
  ])
  const read = (path: string) => readFileSync(join(it.path, path), 'utf8')
  expect(['new/new.txt', 'moved/a.txt', 'moved/full/deep/c.txt', 'b.txt'].map(read)).toEqual([
    'XXX',
    files['a.txt'].replace('o', 'XXX'),
    'XXXne',
    '',
  ])
  expect(['a.txt', 'full', 'gone'].map(path => existsSync(join(it.path, path)))).toEqual([false, false, false])
})

test('where one file cannot be written, the others are as they were', async () => {
  await using it = await hostile('renames what cannot be written', {}, { 'locked/b.txt': 'b' })
  const locked = join(it.path, 'locked/b.txt')
  rmSync(locked)
  mkdirSync(locked)
  const before = await it.call('lsp_rename', { ...place, new_name: 'X' })
  expect(before.failed).toBe(true)
  expect(readFileSync(join(it.path, 'a.txt'), 'utf8')).toBe(files['a.txt'])
  expect(existsSync(locked)).toBe(true)
  chmodSync(locked, 0o755)
})

test('edits are made in their places, however they come', async () => {
  await using it = await hostile('renames in order')
  expect(await it.call('lsp_rename', { ...place, new_name: 'ZZ' })).toMatchObject({
    failed: false,
    text: "Renamed to 'ZZ'\nModified 1 file(s):\n- a.txt (5 change(s))",
  })
  expect(readFileSync(join(it.path, 'a.txt'), 'utf8')).toBe('12one ZZ\nthree\nZZr\r\nend')
})

test('nothing changes where there is nothing to format', async () => {
  await using it = await hostile('well')
  expect((await it.call('lsp_format', { file: 'a.txt' })).text).toBe('No formatting changes needed for a.txt')
})

const isRunning = (pid: string): boolean => {
  try {
    return !/<defunct>|\bZ\b/.test(execFileSync('ps', ['-o', 'stat=,args=', '-p', pid], { encoding: 'utf8' }))
  } catch {
    return false
  }
}

test.each(['starts another', 'does not leave'])('a server that %s is gone when the run ends', async how => {
  await using folder = await temporaryFolder()
  const state = join(folder.path, 'pid')
  {
    await using it = await hostile(how, {}, {}, state)
    expect((await it.call('lsp_hover', place)).failed).toBe(false)
    for (let look = 0; look < 200 && !existsSync(state); look++) await wait(20)
  }
  const pid = readFileSync(state, 'utf8').trim()
  for (let look = 0; look < 100 && isRunning(pid); look++) await wait(20)
  expect(isRunning(pid)).toBe(false)
})

test('calls side by side start one server', async () => {
  await using it = await hostile('well', {}, { 'b.txt': 'b' })
  const all = await Promise.all(['a.txt', 'b.txt', 'a.txt'].map(file => it.call('lsp_hover', { ...place, file })))
  expect(all.every(({ failed }) => !failed)).toBe(true)
  expect((await it.call('lsp_hover', place)).text.split('\n').sort()).toEqual(['open a.txt 1', 'open b.txt 1'])
})
