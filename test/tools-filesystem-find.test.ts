import { spawnSync } from 'node:child_process'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { localWorkspace } from '../runtime/workspace/local.ts'
import { filesystemToolset } from '../tools/filesystem.ts'
import { folderWith } from './support/temp.ts'
import { callsTo, workspaceIn } from './support/toolset.ts'

const place = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  config: Parameters<typeof filesystemToolset>[0] = {},
) => {
  const folder = await folderWith(files)
  const call = callsTo(filesystemToolset(config), { workspace: workspaceIn(folder.path) })
  const at = (path: string): string => join(folder.path, path)
  const text = async (name: string, input: Parameters<typeof call>[1]): Promise<string> =>
    (await call(name, input)).text
  return { call, text, at, root: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const project = {
  '.git/config': 'needle',
  '.gitignore': 'build/\n*.log\n!keep.log\n',
  '.hidden': 'needle',
  'a.log': 'needle',
  'keep.log': 'a needle',
  'build/out.js': 'needle',
  'src/.gitignore': '/generated\n',
  'src/generated/x.ts': 'needle',
  'src/deep/generated/x.ts': 'a Needle\n\n  two needle needle\r\n',
  'src/main.ts': 'hay\n',
}

test('a folder is listed by name, without what git ignores', async () => {
  await using here = await place(project)
  await symlink('src', here.at('zlink'))
  await symlink('nowhere', here.at('zdangling'))
  expect(await here.text('list_directory', { path: '.' })).toBe(
    'FILE .gitignore\nFILE .hidden\nFILE keep.log\nDIR  src\nFILE zdangling\nDIR  zlink\n',
  )
  expect(await here.text('list_directory', { path: 'src' })).toBe('FILE .gitignore\nDIR  deep\nFILE main.ts\n')
  expect(await here.text('list_directory', { path: 'build' })).toBe('FILE out.js\n')
  await using all = await place(project, { ignore_vcs: false })
  expect(await all.text('list_directory', { path: '.' })).toBe(
    'DIR  .git\nFILE .gitignore\nFILE .hidden\nFILE a.log\nDIR  build\nFILE keep.log\nDIR  src\n',
  )
})

test('names that would break a line are written as JSON, and long listings are cut', async () => {
  await using here = await place({ 'a\nFILE b': '', 'many/x': '' })
  expect(await here.text('list_directory', { path: '.' })).toBe('FILE "a\\nFILE b"\nDIR  many\n')
  await mkdir(here.at('empty'))
  expect(await here.text('list_directory', { path: 'empty' })).toBe('[empty shows no files or folders]')
  const files = Object.fromEntries(Array.from({ length: 1005 }, (_, index) => [`f${index}`, '']))
  await using crowd = await place(files)
  const lines = (await crowd.text('list_directory', { path: '.' })).trimEnd().split('\n')
  expect(lines).toHaveLength(1001)
  expect(lines.at(-1)).toBe('...output truncated due to file limit: 5 more...')
})

test('a tree shows upper levels first, and says where it is cut', async () => {
  await using here = await place(project)
  expect(JSON.parse(await here.text('directory_tree', { path: 'src' }))).toEqual({
    name: 'src',
    type: 'directory',
    children: [
      { name: '.gitignore', type: 'file' },
      {
        name: 'deep',
        type: 'directory',
        children: [{ name: 'generated', type: 'directory', children: [{ name: 'x.ts', type: 'file' }] }],
      },
      { name: 'main.ts', type: 'file' },
    ],
  })
  expect(JSON.parse(await here.text('directory_tree', { path: 'src', max_depth: 1 }))).toMatchObject({
    children: [{}, { name: 'deep', children: [], truncated: true }, {}],
  })
  const wide = Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [`a/f${index}`, '']))
  await using crowd = await place({ ...wide, 'b/inner/x': '' })
  const tree = JSON.parse(await crowd.text('directory_tree', { path: '.' }))
  expect(tree.children.map(({ name }: { name: string }) => name)).toEqual(['a', 'b'])
  expect(tree.children[0]).toMatchObject({ truncated: true })
  expect(await here.call('directory_tree', { path: 'gone' })).toMatchObject({ failed: true })
})

test('links in a circle are shown and not followed', async () => {
  await using here = await place({ 'a/x': 'needle' })
  await symlink('..', here.at('a/up'))
  expect(JSON.parse(await here.text('directory_tree', { path: '.' })).children[0].children).toEqual([
    { name: 'up', type: 'link' },
    { name: 'x', type: 'file' },
  ])
  expect(await here.text('search_files_content', { path: '.', query: 'needle' })).toBe('a/x:1:1: needle')
})

/** With the PATH of this machine but ripgrep, and with ripgrep: both must find the same. */
const hasRipgrep = spawnSync('rg', ['--version']).status === 0
const paths: [string, string][] = [
  ['ours', '/nowhere'],
  ...(hasRipgrep ? [['ripgrep', process.env['PATH'] ?? ''] as [string, string]] : []),
]

test.each(paths)('a search finds the first place in each line, by %s', async (_, path) => {
  await using folder = await folderWith(project)
  const workspace = localWorkspace({ root: folder.path, env: { PATH: path } })
  const call = callsTo(filesystemToolset({}), { workspace })
  const search = async (input: Parameters<typeof call>[1]) =>
    (await call('search_files_content', { path: '.', ...input })).text
  expect(await search({ query: 'needle' })).toBe(
    '.hidden:1:1: needle\nkeep.log:1:3: a needle\nsrc/deep/generated/x.ts:3:7: two needle needle',
  )
  expect(await search({ query: '(?i)n.+dle$', is_regex: true, excludePatterns: ['*.log', '.hidden'] })).toBe(
    'src/deep/generated/x.ts:1:3: a Needle\nsrc/deep/generated/x.ts:3:7: two needle needle',
  )
  expect(await search({ query: 'n.+dle' })).toBe('No matches found')
  expect(await search({ path: 'src/deep', query: 'needle' })).toBe('src/deep/generated/x.ts:3:7: two needle needle')
  expect(await search({ path: 'build/out.js', query: 'needle' })).toBe('build/out.js:1:1: needle')
  expect(await search({ path: 'build', query: 'needle' })).toBe('build/out.js:1:1: needle')
  expect(await search({ query: 'a needle', excludePatterns: [] })).toBe(await search({ query: 'a needle' }))
  expect(await search({ query: 'needle', excludePatterns: ['src/', '.hidden'] })).toBe('keep.log:1:3: a needle')
  expect(await search({ query: '(?<=two )needle', is_regex: true })).toBe(
    'src/deep/generated/x.ts:3:7: two needle needle',
  )
  expect(await search({ query: '[', is_regex: true })).toContain('The query is not a regular expression')
  expect(await search({ query: '' })).toBe('The query is empty.')
  expect(await search({ path: 'gone', query: 'x' })).toBe('gone not found: there is no such file or folder.')
})

test.each(paths)('what a search says is bounded, and odd files do it no harm, by %s', async (_, path) => {
  await using folder = await folderWith({
    'a/many': 'needle\n'.repeat(1000),
    'b/long': `${'x'.repeat(5000)}needle${'y'.repeat(5000)}`,
    'c/binary': Buffer.concat([Buffer.from('needle\0'), Buffer.alloc(100)]),
    'd/utf16': Buffer.from('\ufeffa needle\n', 'utf16le'),
    'e/latin': Buffer.from('ä needle', 'latin1'),
    'f/line\nend': '💾 needle',
    "g/it's $(x) -e": 'needle',
  })
  await chmod(join(folder.path, 'a'), 0o755)
  const call = callsTo(filesystemToolset({}), { workspace: localWorkspace({ root: folder.path, env: { PATH: path } }) })
  const search = async (path: string, query = 'needle') => (await call('search_files_content', { path, query })).text
  const many = (await search('a')).split('\n')
  expect(many).toHaveLength(201)
  expect(many.at(-1)).toBe('[Only the first 200 matches are shown: narrow the query or the path.]')
  expect((await search('b')).length).toBeLessThan(300)
  expect(await search('b')).toMatch(/^b\/long:1:5001: …x+needley+…$/)
  expect(await search('c')).toBe('No matches found')
  expect(await search('d')).toBe('d/utf16:1:3: a needle')
  expect(await search('e')).toBe('e/latin:1:3: � needle')
  expect(await search('f')).toBe('"f/line\\nend":1:4: 💾 needle')
  expect(await search('g')).toBe("g/it's $(x) -e:1:1: needle")
  expect(await search("g/it's $(x) -e")).toBe("g/it's $(x) -e:1:1: needle")
  expect(await search('.', "'; echo $(x)")).toBe('No matches found')
})

test('a pattern that would never come to an end is stopped', async () => {
  await using here = await place({ a: `${'a'.repeat(50)}b` })
  const search = { path: 'a', query: '^(a+)+$', is_regex: true }
  expect(await here.text('search_files_content', search)).toContain('The query takes too long in a')
})

test('a query is no option and no command', async () => {
  await using here = await place({ 'a/-e': '--pre=touch hacked' })
  const folder = { path: 'a', query: '--pre=touch hacked' }
  expect(await here.text('search_files_content', folder)).toBe('a/-e:1:1: --pre=touch hacked')
  const odd = callsTo(filesystemToolset({}), { workspace: workspaceIn(`${here.root}${delimiter}`.slice(0, -1)) })
  expect((await odd('search_files_content', { path: '-x', query: 'x' })).text).toContain('not found')
})
