import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { createCassette, openCassette, resolveCassette } from '../runtime/cassette/file/file.ts'
import { isSame } from '../runtime/cassette/file/own.ts'
import type { CassetteHeader, Interaction } from '../runtime/core/cassette.ts'
import { Failure } from '../runtime/core/errors.ts'
import type { Json } from '../runtime/core/json.ts'
import { conversation, modelCall, said, toolCall } from './support/interactions.ts'
import { temporaryFolder } from './support/temp.ts'

const header: CassetteHeader = { reprise: '0.1.0', recorded: '2026-01-01T00:00:00.000Z' }
const context = { origin: () => undefined }
const talk = conversation(2, (turn, part) => `${part} ${turn}: ${'words\nand more words '.repeat(4)}`)
const helper = resolve('test/servers/recorder.ts')

const write = async (path: string, interactions: readonly Interaction[] = talk, failure?: unknown) => {
  const writer = createCassette(path, header)
  for (const interaction of interactions) writer.append(interaction)
  return await writer.close(failure)
}

/** What is in a file now, read as a replay would. */
const holds = (path: string): Interaction[] => {
  const cassette = openCassette(path, context)
  return cassette.entries.map(({ id }) => cassette.load(id))
}

test('a file cut at any byte is played back as far as it is whole, or refused as what it is', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const turn = talk.slice(0, 4)
  await write(path, turn)
  const bytes = readFileSync(path)
  const wholeAt = turn
    .map((_, at) => bytes.indexOf(`  - id: ${at + 2}\n`))
    .map(end => (end === -1 ? bytes.length : end))
  const cut = join(folder.path, 'cut.yaml')
  let refused = 0
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(cut, bytes.subarray(0, length))
    // The last line of an item is whole without its line end.
    const whole = wholeAt.filter(end => end - 1 <= length).length
    try {
      const { entries, note, load } = openCassette(cut, context)
      if (entries.length !== whole) expect(`${length} bytes`).toBe(`${whole} items`)
      if (whole > 0 && !isSame(load(whole) as unknown as Json, turn[whole - 1] as unknown as Json))
        expect(load(whole)).toEqual(turn[whole - 1])
      const isTorn = !/(?:state: complete|interactions:)\n?$/.test(bytes.toString('latin1', 0, length))
      if (isTorn !== (note !== undefined)) expect(note).toBe(`${length}: ${isTorn}`)
    } catch (error) {
      if (!(error instanceof Failure) || whole > 0) throw error
      refused += 1
    }
  }
  expect(refused).toBe(bytes.indexOf('\ninteractions:\n') + '\ninteractions:'.length)
})

test('a first recording that is killed can be played back under its name', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  for (const appended of [1, 3, 5]) {
    await killedAfter(path, appended)
    expect(existsSync(path)).toBe(false)
    const found = resolveCassette('a', folder.path)
    expect(found).toBe(`${path}.partial`)
    const cassette = openCassette(found, context)
    expect(cassette.note).toContain('was cut off')
    expect(cassette.entries).toHaveLength(appended)
    expect(openCassette(path, context).entries).toHaveLength(appended)
  }
  expect(readdirSync(folder.path).sort()).toEqual(['a-interrupted-2.yaml', 'a-interrupted.yaml', 'a.yaml.partial'])
  expect(holds(join(folder.path, 'a-interrupted.yaml'))).toHaveLength(1)
})

test('a recorder that is killed while it writes has lost nothing that was finished', async () => {
  await using folder = await temporaryFolder()
  for (const dots of [1, 2, 10, 50, 100, 200, 300, 400, 500, 600]) {
    const path = join(folder.path, `${dots}.yaml`)
    const child = spawn(process.execPath, [helper, path, '1000000', 'count'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let told = 0
    for await (const bytes of child.stdout) {
      told += bytes.length
      if (told >= dots) child.kill('SIGKILL')
    }
    const { entries, load } = openCassette(path, context)
    expect(entries.length).toBeGreaterThanOrEqual(told)
    expect(load(entries.length).response.body).toContain(`${entries.length}\n`)
  }
})

test('a killed recording leaves the older one as it was, and the next to read that is told of it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  await write(path, talk.slice(0, 2))
  const before = readFileSync(path, 'utf8')
  await killedAfter(path, 3)
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect(openCassette(path, context).note).toContain('a.yaml.partial')
  expect(holds(`${path}.partial`)).toHaveLength(3)
  await write(path)
  expect(openCassette(path, context).note).toBeUndefined()
  expect(holds(path)).toHaveLength(talk.length)
  expect(holds(join(folder.path, 'a-interrupted.yaml'))).toHaveLength(3)
})

test('of two recorders of one file the second is refused, and the first is not disturbed', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const first = createCassette(path, header)
  first.append(talk[0]!)
  expect(() => createCassette(path, header)).toThrow(`process ${process.pid}`)
  const child = spawnSync(process.execPath, [helper, path, '1', 'close'], { encoding: 'utf8' })
  expect(child.stdout).toContain('cassette-file')
  expect(openCassette(path, context).note).toContain('still being recorded')
  first.append(talk[1]!)
  expect(await first.close(undefined)).toEqual({ path, kept: true })
  expect(holds(path)).toHaveLength(2)
  expect(readdirSync(folder.path)).toEqual(['a.yaml'])
})

test('a recorder on another machine is believed to be alive', async () => {
  await using folder = await temporaryFolder()
  const partial = join(folder.path, 'a.yaml.partial')
  writeFileSync(partial, '# Being recorded by process 1 on elsewhere\nversion: 2\ninteractions:\n')
  expect(() => createCassette(join(folder.path, 'a.yaml'), header)).toThrow('process 1 on elsewhere')
  writeFileSync(
    partial,
    `# Being recorded by process ${process.pid} (1) on ${readFileSync('/proc/sys/kernel/hostname', 'utf8').trim()}\n`,
  )
  createCassette(join(folder.path, 'a.yaml'), header)
})

test('a failed run is kept where it destroys nothing, and beside an older recording else', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const failure = new Failure('model-unavailable', 'The server is down.')
  expect(await write(path, talk.slice(0, 2), failure)).toEqual({ path, kept: true })
  const before = readFileSync(path, 'utf8')
  const again = await write(path, talk, failure)
  expect(again).toMatchObject({ path: join(folder.path, 'a-failed.yaml'), kept: true })
  expect(again.note).toContain('is as it was')
  expect(await write(path, talk, failure)).toMatchObject({ path: join(folder.path, 'a-failed-2.yaml') })
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect(holds(again.path)).toEqual(talk)
})

test('what is no cassette is not written over, and a cassette of others is', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'agent.yaml')
  writeFileSync(path, 'agents:\n  root:\n    model: openai/gpt-4o\n')
  expect(() => createCassette(path, header)).toThrow('agent.yaml exists already and is not a cassette')
  expect(readdirSync(folder.path)).toEqual(['agent.yaml'])
  writeFileSync(path, '---\nversion: 2\ninteractions: []\n')
  expect(await write(path)).toEqual({ path, kept: true })
  writeFileSync(path, '')
  expect(await write(path)).toEqual({ path, kept: true })
})

test('a recording of nothing but a refused key is not kept, and the older one stays', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const refused = [401, 403].map((status, at) => {
    const call = modelCall(2 + at, { model: 'm' }, 'no')
    return { ...call, response: { status, body: '{"error":"bad key"}' } }
  })
  const failure = new Failure('model-auth', 'The key was refused.')
  expect(await write(path, [said(1, 'Hello'), ...refused], failure)).toMatchObject({
    kept: false,
    note: expect.stringContaining('refused'),
  })
  expect(await write(path, [said(1, 'Hello')], failure)).toMatchObject({ kept: false })
  expect(await write(path, [])).toMatchObject({ kept: false, note: expect.stringContaining('Nothing') })
  expect(readdirSync(folder.path)).toEqual([])
  await write(path)
  expect(await write(path, refused, failure)).toMatchObject({ kept: false })
  expect(holds(path)).toEqual(talk)
  expect(readdirSync(folder.path)).toEqual(['a.yaml'])
  expect(await write(join(folder.path, 'b.yaml'), [...refused, toolCall(9, 'x', {}, 'done')], failure)).toMatchObject({
    kept: false,
  })
  expect(await write(join(folder.path, 'c.yaml'), [...refused, modelCall(9, {}, 'ok')], failure)).toMatchObject({
    kept: true,
  })
})

test('where nothing can be written the failure says why and what to do', async () => {
  await using folder = await temporaryFolder()
  const here = (name: string) => join(folder.path, name)
  mkdirSync(here('folder.yaml'))
  writeFileSync(here('file'), '')
  expect(() => createCassette(here('folder.yaml'), header)).toThrow('is a folder')
  expect(() => createCassette(here('file/a.yaml'), header)).toThrow('a part of its path is a file')
  expect(() => createCassette(`/proc/${'none/'.repeat(2)}a.yaml`, header)).toThrow(Failure)
  expect(() => createCassette(here(`${'long'.repeat(99)}.yaml`), header)).toThrow('the name is too long')
  expect(() => openCassette(here('none.yaml'), context)).toThrow('there is no such file')
  expect(() => openCassette(here('folder.yaml'), context)).toThrow('is a folder')
  expect(() => openCassette(here('file'), context)).toThrow('it is empty')
})

test('what is no cassette is refused as that', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const refuses = (text: string, why: string | RegExp) => {
    writeFileSync(path, text)
    expect(() => openCassette(path, context)).toThrow(why)
  }
  refuses('just words', 'it is no cassette')
  refuses('agents:\n  root:\n    model: m\n', 'it has no interactions')
  refuses('version: 2\ninteractions: many\n', 'it has no list of interactions')
  refuses('version: 2\ninteractions:\n  - just words\n', 'an interaction has no fields')
  refuses('version: 2\ninteractions:\n  - id: 1\n    request: {}\n', 'interaction 1 has no id, no method or no url')
  refuses('version: [2\n', /cannot be played back/)
  refuses('\0\u0001binary', /cannot be played back/)
})

test('a link to a cassette stays a link', async () => {
  await using folder = await temporaryFolder()
  mkdirSync(join(folder.path, 'real'))
  await write(join(folder.path, 'real/a.yaml'), talk.slice(0, 1))
  symlinkSync('real/a.yaml', join(folder.path, 'a.yaml'))
  expect(await write(join(folder.path, 'a.yaml'))).toMatchObject({ path: join(folder.path, 'real/a.yaml') })
  expect(holds(join(folder.path, 'a.yaml'))).toEqual(talk)
})

test('a recording survives that its file is removed under it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'new/a.yaml')
  const writer = createCassette(path, header)
  writer.append(talk[0]!)
  spawnSync('rm', ['-r', join(folder.path, 'new')])
  writer.append(talk[1]!)
  expect(await writer.close(undefined)).toEqual({ path, kept: true })
  expect(holds(path)).toEqual(talk.slice(0, 2))
})

test('names are looked for as they are typed, and near ones are told', async () => {
  await using folder = await temporaryFolder()
  await write(join(folder.path, 'cassettes/code-review.yaml'))
  await write(join(folder.path, 'here.yaml'))
  expect(resolveCassette('code-review', folder.path)).toBe(join(folder.path, 'cassettes/code-review.yaml'))
  expect(resolveCassette('code-review.yaml', folder.path)).toBe(join(folder.path, 'cassettes/code-review.yaml'))
  expect(resolveCassette('here', folder.path)).toBe(join(folder.path, 'here.yaml'))
  expect(resolveCassette('./here.yaml', folder.path)).toBe(join(folder.path, 'here.yaml'))
  expect(resolveCassette(join(folder.path, 'here'), '/')).toBe(join(folder.path, 'here.yaml'))
  try {
    resolveCassette('code-revue', folder.path)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'cassette-file', hint: expect.stringContaining('code-review') })
  }
})

/** A process that has recorded so many interactions, and is killed without a word. */
const killedAfter = async (path: string, count: number): Promise<void> => {
  const child: ChildProcess = spawn(process.execPath, [helper, path, String(count), 'wait'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}
