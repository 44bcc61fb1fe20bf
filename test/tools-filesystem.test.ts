import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesystemToolset } from '../tools/filesystem.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'
import { callsTo, toolNamed, workspaceIn } from './support/toolset.ts'

/** A folder of files, and its filesystem tools. */
const place = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  config: Parameters<typeof filesystemToolset>[0] = {},
) => {
  const folder = await folderWith(files)
  const call = callsTo(filesystemToolset(config), { workspace: workspaceIn(folder.path) })
  const at = (path: string): string => join(folder.path, path)
  return { call, at, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const numbered = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('')
const png = Buffer.from('89504e470d0a1a0a0000', 'hex')

test('the tools are those of cagent, with its parameters', async () => {
  const tools = await filesystemToolset({}).open(new AbortController().signal)
  expect(
    tools.map(({ name, parameters, readOnly = false }) => [
      name,
      Object.keys(parameters['properties'] ?? {}),
      readOnly,
    ]),
  ).toEqual([
    ['read_file', ['path', 'offset', 'limit'], true],
    ['read_multiple_files', ['paths', 'json'], true],
    ['write_file', ['path', 'content'], false],
    ['edit_file', ['path', 'edits'], false],
    ['list_directory', ['path'], true],
    ['directory_tree', ['path', 'max_depth'], true],
    ['search_files_content', ['path', 'query', 'is_regex', 'excludePatterns'], true],
    ['create_directory', ['paths'], false],
    ['remove_directory', ['paths'], false],
  ])
})

test('a file is read whole, or a range of its lines, and it says how to go on', async () => {
  await using here = await place({ 'long.txt': numbered(5000), 'short.txt': 'a\nb\nc' })
  expect(await here.call('read_file', { path: 'short.txt' })).toMatchObject({ text: 'a\nb\nc', failed: false })
  expect((await here.call('read_file', { path: 'short.txt', offset: 2, limit: 1 })).text).toBe(
    'b\n\n[Lines 2 to 2 are shown, of a file of 5 bytes. To go on, read with offset 3.]',
  )
  expect((await here.call('read_file', { path: 'short.txt', offset: 3 })).text).toBe('c')
  expect(await here.call('read_file', { path: 'short.txt', offset: 4 })).toMatchObject({
    text: 'short.txt ends before line 4.',
    failed: true,
  })
  const { text } = await here.call('read_file', { path: 'long.txt' })
  expect(text.startsWith(numbered(2000))).toBe(true)
  expect(text).toContain('Lines 1 to 2000 are shown')
  const rest = await here.call('read_file', { path: 'long.txt', offset: 2001, limit: 10_000 })
  expect(rest.text).toBe(numbered(5000).slice(numbered(2000).length))
})

test('reading is bounded by characters too, whatever is asked for', async () => {
  await using here = await place({
    'one-line': 'x'.repeat(3_000_000),
    wide: `${'y'.repeat(999)}\n`.repeat(500),
    empty: '',
  })
  const line = await here.call('read_file', { path: 'one-line' })
  expect(line.text.length).toBeLessThan(101_000)
  expect(line.text).toContain('Line 1 is too long: only its first 100000 characters are shown')
  const wide = await here.call('read_file', { path: 'wide', limit: 500 })
  expect(wide.text).toContain('Lines 1 to 100 are shown')
  expect((await here.call('read_file', { path: 'empty' })).text).toBe('[empty is empty]')
})

test('a file larger than memory is no matter', async () => {
  await using here = await place({ huge: `first line\n${numbered(2000)}` })
  await truncate(here.at('huge'), 30_000_000_000)
  expect((await here.call('read_file', { path: 'huge', limit: 1 })).text).toContain('first line\n')
  expect((await here.call('edit_file', { path: 'huge', edits: [{ oldText: 'first', newText: 'x' }] })).text).toContain(
    'too large to be edited',
  )
})

test('binary files are named, images are looked at', async () => {
  await using here = await place({
    'a.bin': new Uint8Array([1, 0, 2]),
    'a.pdf': '%PDF-1.7 …',
    'a.png': png,
    'huge.png': png,
    'utf16.txt': Buffer.from('\ufeffGrüße\n', 'utf16le'),
    'latin.txt': Buffer.from('Grüße', 'latin1'),
  })
  await truncate(here.at('huge.png'), 5_000_000)
  expect(await here.call('read_file', { path: 'a.bin' })).toMatchObject({
    text: 'a.bin is a binary file (application/octet-stream, 3 bytes), so it is not shown. A command such as file or strings may help.',
    failed: true,
  })
  expect((await here.call('read_file', { path: 'a.pdf' })).text).toContain('application/pdf')
  expect((await here.call('read_file', { path: 'a.png' })).parts).toEqual([
    { type: 'text', text: 'Read image file a.png [image/png] (10 bytes)' },
    { type: 'file', mediaType: 'image/png', data: png.toString('base64'), name: 'a.png' },
  ])
  expect((await here.call('read_file', { path: 'huge.png' })).text).toContain('at most 4,500,000 bytes')
  expect((await here.call('read_file', { path: 'utf16.txt' })).text).toBe('Grüße\n')
  expect((await here.call('read_file', { path: 'latin.txt' })).text).toBe('Gr��e')
})

test('several files are read at once, each with its own failure', async () => {
  await using here = await place({ 'a.txt': 'A', 'b.png': png })
  const paths = ['a.txt', 'gone', 'b.png']
  const { text, parts } = await here.call('read_multiple_files', { paths })
  expect(text).toBe(
    '=== a.txt ===\nA\n\n=== gone ===\nError reading file: gone not found: there is no such file or folder.\n\n' +
      '=== b.png ===\nRead image file b.png [image/png] (10 bytes)\n\n',
  )
  expect(parts.map(({ type }) => type)).toEqual(['text', 'file'])
  expect(JSON.parse((await here.call('read_multiple_files', { paths: ['a.txt'], json: true })).text)).toEqual([
    { path: 'a.txt', content: 'A' },
  ])
  expect((await here.call('read_multiple_files', { paths: Array(101).fill('a.txt') })).text).toContain(
    'at most 100 files',
  )
  expect((await here.call('read_multiple_files', { paths: [] })).text).toContain('paths is an empty list')
})

test('writing makes folders and says how much was written', async () => {
  await using here = await place({})
  expect(await here.call('write_file', { path: 'a/b.txt', content: 'Grüße' })).toMatchObject({
    text: 'File written successfully: a/b.txt (7 bytes)',
    failed: false,
  })
  expect(await readFile(here.at('a/b.txt'), 'utf8')).toBe('Grüße')
})

test('an edit replaces what stands there once, and all edits are made or none', async () => {
  await using here = await place({ 'a.ts': 'one\ntwo\nthree\ntwo\n' })
  const edit = (...edits: [string, string][]) =>
    here.call('edit_file', { path: 'a.ts', edits: edits.map(([oldText, newText]) => ({ oldText, newText })) })
  expect((await edit(['one', 'ONE'])).text).toBe('File edited successfully. Replaced 3 characters')
  expect((await edit(['ONE', 'one'], ['three', '3'])).text).toBe(
    'File edited successfully. Changes:\nEdit 1: Replaced 3 characters\nEdit 2: Replaced 5 characters',
  )
  expect(await edit(['one', 'x'], ['two', 'x'])).toMatchObject({
    text: 'Edit 2 failed: old text occurs more than once (lines 2, 4). Add lines around it, so that it says which one is meant.',
    failed: true,
  })
  expect((await edit(['nothing', 'x'])).text).toBe(
    'Edit 1 failed: old text not found. Read the file again: it must be exactly as it stands there.',
  )
  expect((await edit(['one \n two', 'x'])).text).toContain(
    'From line 1 on it differs only in white space; copy it exactly:\none\ntwo',
  )
  expect((await edit(['', 'x'])).text).toContain('old text is empty')
  expect((await edit(['one', 'one'])).text).toContain('are the same')
  expect(await readFile(here.at('a.ts'), 'utf8')).toBe('one\ntwo\n3\ntwo\n')
})

test('an edit keeps line ends and marks, takes dollar signs as they are, and damages no other encoding', async () => {
  await using here = await place({
    'win.txt': '\ufeffa\r\nb\r\nc\r\n',
    'latin.txt': Buffer.from('Grüße a', 'latin1'),
    'money.txt': 'price',
  })
  const edit = (path: string, oldText: string, newText: string) =>
    here.call('edit_file', { path, edits: [{ oldText, newText }] })
  await edit('win.txt', 'a\nb', 'x\ny')
  expect(await readFile(here.at('win.txt'), 'utf8')).toBe('\ufeffx\r\ny\r\nc\r\n')
  await edit('money.txt', 'price', '$& $1 $$')
  expect(await readFile(here.at('money.txt'), 'utf8')).toBe('$& $1 $$')
  expect((await edit('latin.txt', 'a', 'b')).text).toContain('is not text in UTF-8')
})

test('edits of one reply run side by side and none is lost', async () => {
  await using here = await place({ 'a.txt': numbered(30) })
  const edits = Array.from({ length: 30 }, (_, index) => [
    { oldText: `line ${index + 1}\n`, newText: `${index + 1}\n` },
  ])
  await Promise.all(edits.map(edits => here.call('edit_file', { path: 'a.txt', edits })))
  expect(await readFile(here.at('a.txt'), 'utf8')).toBe(numbered(30).replaceAll('line ', ''))
})

test('commands follow an edit of files that fit their glob', async () => {
  await using here = await place(
    { 'src/a b.txt': 'x', 'a.md': 'x' },
    {
      post_edit: [
        { path: '*.txt', cmd: 'tr a-z A-Z < "$path" > "$path.new" && mv "$path.new" "$path"' },
        { path: 'src/*', cmd: 'echo it is broken; exit 3' },
      ],
    },
  )
  const { text, failed } = await here.call('write_file', { path: 'src/a b.txt', content: 'shout' })
  expect(text).toBe(
    'File written successfully: src/a b.txt (5 bytes)\n\n' +
      'The command after the edit failed: echo it is broken; exit 3: exit status 3\nOutput: it is broken',
  )
  expect(failed).toBe(false)
  expect(await readFile(here.at('src/a b.txt'), 'utf8')).toBe('SHOUT')
  await here.call('edit_file', { path: 'a.md', edits: [{ oldText: 'x', newText: 'quiet' }] })
  expect(await readFile(here.at('a.md'), 'utf8')).toBe('quiet')
})

test('folders are created and removed, each with its own outcome', async () => {
  await using here = await place({ 'full/x': '' })
  expect((await here.call('create_directory', { paths: ['a/b', 'c'] })).text).toBe(
    'Directory created successfully: a/b\nDirectory created successfully: c',
  )
  expect(await here.call('remove_directory', { paths: ['c', 'full', 'gone'] })).toMatchObject({
    text:
      'Directory removed successfully: c\nError: full is not empty, so it was not removed.\n' +
      'Error: gone not found: there is no such file or folder.',
    failed: true,
  })
  expect((await readdir(here.at('.'))).sort()).toEqual(['a', 'full'])
})

test('no tool leaves the folders that are allowed', async () => {
  await using here = await place(
    { 'src/a.txt': 'mine', 'docs/b.txt': 'mine too', 'secret.txt': 'key' },
    { allow_list: ['src', 'docs'], post_edit: [{ path: '*', cmd: 'pwd > "$path.where"' }] },
  )
  await symlink('../secret.txt', here.at('src/link'))
  const path = 'src/link'
  const outside = { failed: true, text: expect.stringContaining('outside the folders that may be used: src, docs') }
  expect((await here.call('read_file', { path: 'docs/b.txt' })).text).toBe('mine too')
  for (const tool of ['read_file', 'list_directory', 'directory_tree'])
    expect(await here.call(tool, { path })).toMatchObject(outside)
  expect(await here.call('search_files_content', { path: '.', query: 'key' })).toMatchObject(outside)
  expect(await here.call('search_files_content', { path, query: 'key' })).toMatchObject(outside)
  expect(await here.call('write_file', { path, content: 'x' })).toMatchObject(outside)
  expect(await here.call('edit_file', { path, edits: [{ oldText: 'k', newText: 'x' }] })).toMatchObject(outside)
  expect(await here.call('create_directory', { paths: ['other'] })).toMatchObject(outside)
  expect((await here.call('search_files_content', { path: 'src', query: 'key' })).text).toBe('No matches found')
  expect(await readFile(here.at('secret.txt'), 'utf8')).toBe('key')
  expect((await here.call('write_file', { path: 'src/new', content: 'x' })).failed).toBe(false)
  expect(await readFile(here.at('src/new.where'), 'utf8')).toBe(`${here.at('')}\n`.replace(/\/\n/, '\n'))
})

test('what a model gets wrong is told in words, and nothing is done', async () => {
  await using here = await place({})
  const told = async (name: string, input: Parameters<typeof here.call>[1]) =>
    (await here.call(name, input)).text.split('\n')
  expect(await told('read_file', {})).toEqual([
    'The parameter path is missing.',
    'read_file was not called. Call it again with parameters that fit its schema.',
  ])
  expect(await told('read_file', { path: 5, offset: 0, limit: 'x', other: 1 })).toEqual([
    'The parameter path must be text, not 5.',
    'The parameter offset must be at least 1, not 0.',
    'The parameter limit must be a whole number, not "x".',
    'There is no parameter other.',
    'read_file was not called. Call it again with parameters that fit its schema.',
  ])
  expect(await told('edit_file', { path: 'x', edits: [{ oldText: 'a' }] })).toContain(
    'The parameter edits.0.newText is missing.',
  )
  expect(await told('read_file', { path: 'gone', offset: null, limit: null })).toEqual([
    'gone not found: there is no such file or folder.',
  ])
  expect(await told('read_file', { path: '' })).toEqual(['"" is a folder, not a file.'])
})

test('a parameter is described to the model as JSON Schema', async () => {
  const { parameters } = await toolNamed(filesystemToolset({}), 'edit_file')
  expect(parameters).toMatchObject({
    type: 'object',
    required: ['path', 'edits'],
    additionalProperties: false,
    properties: {
      path: { type: 'string', description: expect.any(String) },
      edits: { type: 'array', items: { type: 'object', required: ['oldText', 'newText'] } },
    },
  })
})

test('a cancelled call ends, and writes nothing', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'a'), 'old')
  await mkdir(join(folder.path, 'b'))
  const signal = AbortSignal.abort()
  const call = callsTo(filesystemToolset({}), { workspace: workspaceIn(folder.path), signal })
  await expect(call('write_file', { path: 'a', content: 'new' })).rejects.toThrow('aborted')
  await expect(call('directory_tree', { path: '.' })).rejects.toThrow('aborted')
  await expect(call('read_multiple_files', { paths: ['a'] })).rejects.toThrow('aborted')
  expect(await readFile(join(folder.path, 'a'), 'utf8')).toBe('old')
})
