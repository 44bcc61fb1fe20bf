import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { versions } from '../runtime/session/schema.ts'
import { openStore } from '../runtime/session/store.ts'
import { reprise } from './support/cli.ts'
import { attached, writeVersion, writtenVersions } from './support/session-versions.ts'
import { temporaryFolder } from './support/temp.ts'

const options = { now: () => new Date(5000), newId: () => 'new', notice: () => undefined }

const schemaOf = (path: string): unknown => {
  using database = new DatabaseSync(path)
  return database.prepare('select type, name, sql from sqlite_schema order by type, name').all()
}

test('there is a database of every version', () => {
  expect(writtenVersions).toBe(versions.length)
})

test.each(Array.from({ length: writtenVersions }, (_, index) => index + 1))(
  'a database of version %i goes on as one of today',
  async version => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'old.db')
    writeVersion(path, version)
    {
      using store = await openStore(path, options)
      const { messages, cost, turns } = store.read('old')
      expect({ cost, turns, roles: messages.map(({ message }) => message.role) }).toEqual({
        cost: 0.25,
        turns: 1,
        roles: ['user', 'assistant', 'tool', 'assistant'],
      })
      expect(JSON.stringify(messages[0])).toContain(attached)
      expect(store.search('zeppelin', 5)).toMatchObject([{ message: 4, session: { id: 'old' } }])
      store.fork('old', { at: 2 })
      expect(store.read('new').messages).toHaveLength(3)
      store.remove('old')
      expect(store.search('zeppelin', 5)).toEqual([])
    }
    const fresh = join(folder.path, 'fresh.db')
    ;(await openStore(fresh, options))[Symbol.dispose]()
    expect(schemaOf(path)).toEqual(schemaOf(fresh))
  },
)

test('several processes bring an old database to its new form at once', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'old.db')
  writeVersion(path, 1)
  const lists = await Promise.all(
    [1, 2, 3, 4].map(() => reprise(['sessions', 'list', '--session-db', path], { cwd: folder.path })),
  )
  for (const list of lists) expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining('What is in the') })
})

test('a database of a newer version is left as it is', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'new.db')
  writeVersion(path, versions.length)
  {
    using database = new DatabaseSync(path)
    database.exec(`pragma user_version = ${versions.length + 1}`)
  }
  const { code, stderr } = await reprise(['sessions', 'list', '-s', path], { cwd: folder.path })
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('written by a newer Reprise') })
})
