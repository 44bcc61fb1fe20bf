import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { memoryToolset } from '../tools/memory.ts'
import { temporaryFolder } from './support/temp.ts'
import { callsTo, workspaceIn } from './support/toolset.ts'

const start = Date.UTC(2026, 0, 1)

const place = async () => {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'deep/memory.db')
  const opened = new AsyncDisposableStack()
  const reopen = (now = () => new Date(start)) => {
    const toolset = opened.use(memoryToolset({ path, now }))
    const call = callsTo(toolset, { workspace: workspaceIn(folder.path) })
    const found = async (name: string, input: Parameters<typeof call>[1] = {}): Promise<string[]> =>
      JSON.parse((await call(name, input)).text).map(({ memory }: { memory: string }) => memory)
    return { call, found }
  }
  return {
    path,
    folder: folder.path,
    reopen,
    async [Symbol.asyncDispose]() {
      await opened.disposeAsync()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('what is remembered stays from one conversation to the next', async () => {
  await using here = await place()
  const { call } = here.reopen()
  expect((await call('get_memories')).text).toBe('[]')
  const id = String(start)
  expect((await call('add_memory', { memory: 'Likes tea', category: 'preference' })).text).toBe(
    `Memory added successfully with ID: ${id}`,
  )
  expect((await call('add_memory', { memory: 'Lives in Rome' })).text).toContain(String(start + 1))
  const later = here.reopen()
  expect(JSON.parse((await later.call('get_memories')).text)).toEqual([
    { id: String(start + 1), created_at: '2026-01-01T00:00:00.000Z', memory: 'Lives in Rome' },
    { id, created_at: '2026-01-01T00:00:00.000Z', memory: 'Likes tea', category: 'preference' },
  ])
  expect((await later.call('update_memory', { id, memory: 'Likes coffee' })).text).toBe(
    `Memory with ID ${id} updated successfully`,
  )
  expect(await later.found('search_memories', { category: 'Preference' })).toEqual(['Likes coffee'])
  expect((await later.call('delete_memory', { id })).text).toBe(`Memory with ID ${id} deleted successfully`)
  expect(await call('delete_memory', { id })).toMatchObject({ text: `There is no memory with ID ${id}.`, failed: true })
  expect((await call('update_memory', { id, memory: 'x' })).failed).toBe(true)
})

test('a search wants all words, whatever their case and place, and takes none for a pattern', async () => {
  await using here = await place()
  const { call, found } = here.reopen()
  for (const memory of [
    'The red house',
    'A house, RED and old',
    '100% sure',
    "it's; DROP TABLE memories",
    'a_b',
    'axb',
    'Die Äpfel sind süß',
  ]) {
    await call('add_memory', { memory })
  }
  expect(await found('search_memories', { query: 'red  house' })).toEqual(['A house, RED and old', 'The red house'])
  expect(await found('search_memories', { query: '%' })).toEqual(['100% sure'])
  expect(await found('search_memories', { query: 'a_b' })).toEqual(['a_b'])
  expect(await found('search_memories', { query: "'; DROP" })).toEqual([])
  expect(await found('search_memories', { query: "it's" })).toEqual(["it's; DROP TABLE memories"])
  expect(await found('search_memories', {})).toHaveLength(7)
  expect(await found('search_memories', { query: 'äPFEL SÜSS'.replace('SS', 'ß') })).toEqual(['Die Äpfel sind süß'])
  expect(await found('search_memories', { query: 'a\u0308pfel' })).toEqual(['Die Äpfel sind süß'])
  expect(await found('search_memories', { query: 'x '.repeat(5000) })).toEqual(['axb'])
})

test("a database of cagent's, also of its first form, is read", async () => {
  await using here = await place()
  await here.reopen().call('get_memories')
  const database = new DatabaseSync(join(here.folder, 'old.db'))
  database.exec(
    "CREATE TABLE memories (id TEXT PRIMARY KEY, created_at TEXT, memory TEXT); INSERT INTO memories VALUES ('1', '2025', 'old')",
  )
  database.close()
  await using toolset = memoryToolset({ path: join(here.folder, 'old.db'), now: () => new Date(start) })
  const call = callsTo(toolset, { workspace: workspaceIn(here.folder) })
  await call('add_memory', { memory: 'new', category: 'fact' })
  expect(JSON.parse((await call('get_memories')).text)).toEqual([
    { id: String(start), created_at: '2026-01-01T00:00:00.000Z', memory: 'new', category: 'fact' },
    { id: '1', created_at: '2025', memory: 'old' },
  ])
})

test('a file that is no database is told, and left as it is', async () => {
  await using here = await place()
  await writeFile(join(here.folder, 'notes.txt'), 'these are notes, and no database at all')
  await using toolset = memoryToolset({ path: join(here.folder, 'notes.txt'), now: () => new Date(start) })
  const call = callsTo(toolset, { workspace: workspaceIn(here.folder) })
  expect(await call('add_memory', { memory: 'x' })).toMatchObject({
    text: expect.stringMatching(/^The memory at .*notes\.txt cannot be opened: file is not a database\.$/),
    failed: true,
  })
})

test('too much is cut, and the latest stay', async () => {
  await using here = await place()
  const { call } = here.reopen()
  for (let index = 0; index < 12; index++) await call('add_memory', { memory: `${index} ${'x'.repeat(10_000)}` })
  const { text } = await call('get_memories')
  expect(text.length).toBeLessThan(101_000)
  expect(text).toContain('"memory":"11 ')
  expect(text).toMatch(/\n\[3 older ones are left out: search for words\.\]$/)
})
