import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { examplesWith } from './servers/scripts.ts'
import { daysLater, noNetwork, reprise } from './support/cli.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

const examples = Object.entries(examplesWith(''))

const replayOf = (name: string, message: string, printing: readonly string[]): string[] => [
  'exec',
  resolve(`agents/${name}.yaml`),
  '--fake',
  resolve(`cassettes/${name}`),
  '--strict',
  ...printing,
  message,
]

test.each(
  examples.flatMap(([name, { message }]) => [[name, message, []] as const, [name, message, ['--json']] as const]),
)(
  'the recording %s says the same bytes on another day, in another zone and language, in an empty folder without a network',
  async (name, message, printing) => {
    await using folder = await temporaryFolder()
    const args = replayOf(name, message, printing)
    const here = await reprise(args)
    const elsewhere = await reprise(args, {
      cwd: folder.path,
      env: { TZ: 'Pacific/Kiritimati', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8', NO_COLOR: '1', COLUMNS: '20' },
      within: noNetwork.within ?? [],
      nodeArguments: [...(noNetwork.nodeArguments ?? []), ...daysLater(400)],
    })
    expect(elsewhere).toEqual(here)
    expect(here).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(folder.path)).toEqual([])
  },
)

const canTrace = spawnSync('strace', ['-f', '-qq', 'true']).status === 0
const calls =
  'socket,connect,bind,sendto,execve,fork,vfork,kill,open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,link,symlink,truncate,chmod'

/** What the system was asked for that a replay has no use for. */
const reached = (trace: string): string[] =>
  trace.split('\n').filter(line => {
    // Of a call that others cut in two, the first half has all that was asked for.
    if (line.trim() === '' || /\+\+\+|---|<\.\.\. \w+ resumed>/.test(line)) return false
    if (/\bopen(at)?\(/.test(line))
      return /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/.test(line) && !line.includes('"/dev/null"')
    return true
  })

// What the system is asked for is seen with strace alone, which not every machine has.
test
  .skipIf(!canTrace)
  .each([
    ...examples.map(([name, { message }]) => [name, replayOf(name, message, [])] as const),
    ...examples.map(([name]) => [name, ['replay', resolve(`cassettes/${name}`)]] as const),
  ])('to replay %s the system is asked for no socket, no process and no place to write (%j)', async (_, args) => {
  await using folder = await folderWith({ 'here/.keep': '' })
  const trace = join(folder.path, 'trace')
  const { code, stderr } = await reprise(args, {
    cwd: join(folder.path, 'here'),
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    within: ['strace', '-f', '-qq', '-e', `trace=${calls}`, '-o', trace],
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const asked = reached(readFileSync(trace, 'utf8'))
  // The first is the start of the command itself.
  expect(asked.shift()).toContain('execve(')
  expect(asked).toEqual([])
})

// The same must be able to fail.
test.skipIf(!canTrace)('a tool that really runs is noticed', async () => {
  await using folder = await folderWith({ 'notes.md': '', 'song.txt': '', 'todo.txt': '' })
  const trace = join(folder.path, 'trace')
  const [name, { message }] = examples.find(([name]) => name === 'anthropic')!
  await reprise([...replayOf(name, message, []).filter(word => word !== '--strict'), '--fake-tools=live', '--yolo'], {
    cwd: folder.path,
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    within: ['strace', '-f', '-qq', '-e', `trace=${calls}`, '-o', trace],
  })
  expect(reached(readFileSync(trace, 'utf8')).some(line => line.includes('wc -c'))).toBe(true)
})
