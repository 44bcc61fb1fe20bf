import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { openCassette } from '../runtime/cassette/file/file.ts'
import { temporaryFolder } from './support/temp.ts'

const helper = resolve('test/servers/recorder.ts')
const context = { origin: () => undefined }
const canMount = spawnSync('unshare', ['-Urm', 'true']).status === 0

/** Runs the recorder in a file system of its own, so small or so closed. */
const recordOn = (options: string, folder: string, count: string) => {
  const script = `mount -t tmpfs -o ${options} tmpfs ${folder} && "$0" "$1" ${folder}/a.yaml ${count} close; cat ${folder}/a.yaml 2>/dev/null`
  return spawnSync('unshare', ['-Urm', 'sh', '-c', script, process.execPath, helper], { encoding: 'utf8' }).stdout
}

// Where unprivileged users have no namespaces there is no disk to fill.
test.skipIf(!canMount)('on a full disk all that was finished is kept, and the failure says what to do', async () => {
  await using folder = await temporaryFolder()
  const [told = '', ...rest] = recordOn('size=64k', folder.path, '100000').split('\n')
  expect(JSON.parse(told)).toMatchObject({
    code: 'cassette-file',
    message: expect.stringContaining('the disk is full'),
    hint: 'Make room. What was recorded until now is kept, and can be played back.',
  })
  const path = join(folder.path, 'copy.yaml')
  writeFileSync(path, rest.slice(1).join('\n'))
  const cassette = openCassette(path, context)
  expect(cassette.note).toBeUndefined()
  expect(cassette.entries.length).toBe(JSON.parse(told).appended)
  expect(cassette.entries.length).toBeGreaterThan(10)
})

test.each([
  ['there is no room for the first answer', 1],
  ['there is no room at all', 0],
])('where %s nothing is kept, and nothing says so', async (_, blocks) => {
  await using folder = await temporaryFolder()
  const script = `ulimit -f ${blocks}; exec "$0" "$1" ${folder.path}/a.yaml 5 close`
  const { stdout } = spawnSync('sh', ['-c', script, process.execPath, helper], { encoding: 'utf8' })
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ appended: 0, hint: 'Record less at once.' })
  expect(readdirSync(folder.path)).toEqual([])
})

test.skipIf(!canMount)('in a read-only file system the failure says so', async () => {
  await using folder = await temporaryFolder()
  expect(recordOn('ro', folder.path, '1')).toContain('the file system is read-only')
})
