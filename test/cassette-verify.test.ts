import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitOfAll, type Verdict } from '../runtime/cassette/view/verdict.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { temporaryFolder } from './support/temp.ts'

const names = readdirSync('cassettes').sort()

/** What is wrapped to the width of a terminal. */
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

/** The project's own examples with their recordings, to be changed. */
const project = async () => {
  const folder = await temporaryFolder()
  for (const name of ['agents', 'cassettes']) cpSync(name, join(folder.path, name), { recursive: true })
  const at = (name: string) => join(folder.path, name)
  return {
    path: folder.path,
    edit: (name: string, change: (text: string) => string) => {
      const before = readFileSync(at(name), 'utf8')
      const after = change(before)
      expect(after).not.toBe(before)
      writeFileSync(at(name), after)
    },
    read: (name: string) => readFileSync(at(name), 'utf8'),
    at,
    verify: (...args: string[]) => reprise(['cassette', 'verify', ...args], { cwd: folder.path, ...noNetwork }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

test('a folder of cassettes passes, without network and key, each a line', async () => {
  await using here = await project()
  const { code, stdout, stderr } = await here.verify('--strict')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^PASS {4}cassettes\/hello\.yaml +\d+ interactions$/m)
  expect(stdout).toContain(`${names.length} cassettes, ${names.length} pass.`)
})

const renamed = (text: string): string => text.replace(/instruction: .*/, 'instruction: Be somebody else.')

test('a changed agent file makes a cassette stale, which is told without running it', async () => {
  await using here = await project()
  here.edit('agents/hello.yaml', text => `${text}\nthis is no: agent file`)
  const lax = await here.verify('hello')
  expect(lax).toMatchObject({ code: 0, stderr: '' })
  expect(lax.stdout).toMatch(/^STALE {3}cassettes\/hello\.yaml/m)
  expect(lax.stdout).toContain('agents/hello.yaml was changed after this was recorded.')
  expect((await here.verify('hello', '--strict')).code).toBe(4)
})

test('a stale one can be played all the same: a changed instruction is drift, another message a miss', async () => {
  await using here = await project()
  here.edit('agents/hello.yaml', renamed)
  const drift = await here.verify('hello', '--run-stale')
  expect(drift.code).toBe(0)
  expect(drift.stdout).toMatch(/^DRIFT .*\n {8}Interaction 2: the instruction changed/m)
  expect((await here.verify('hello', '--run-stale', '--strict')).code).toBe(4)
})

test('what no request of the run finds an answer for is a miss, always', async () => {
  await using here = await project()
  const [, said = ''] = /method: SAY\n +url: message:user\n +body: (.*)/.exec(here.read('cassettes/hello.yaml')) ?? []
  here.edit('cassettes/hello.yaml', text => text.replace(`body: ${said}`, `body: ${said} Or not?`))
  const { code, stdout } = await here.verify('hello', 'team')
  expect(code).toBe(3)
  expect(stdout).toMatch(/^MISS {4}cassettes\/hello\.yaml/m)
  expect(stdout).toContain('the message changed')
  expect(stdout).toContain('Cause: message changed.')
  expect(stdout).toContain('2 cassettes, 1 pass, 1 miss.')
})

test('interactions that nobody asks for are told, and fail under --strict', async () => {
  await using here = await project()
  here.edit(
    'cassettes/hello.yaml',
    text =>
      `${text}  - id: 9\n    request:\n      method: CALL\n      url: tool:shell\n      body: null\n    response: {}\n    state: complete\n`,
  )
  const { code, stdout } = await here.verify('hello')
  expect(code).toBe(0)
  expect(inOneLine(stdout)).toContain('1 of 3 interactions were not used, the first of them 9 (CALL tool:shell).')
  expect((await here.verify('hello', '--strict')).code).toBe(4)
})

test('an agent file that is gone is played from the cassette, and is stale under --strict', async () => {
  await using here = await project()
  rmSync(here.at('agents'), { recursive: true })
  expect(await here.verify()).toMatchObject({ code: 0 })
  const strict = await here.verify('--strict')
  expect(strict.code).toBe(4)
  expect(strict.stdout).toContain('agents/hello.yaml is not here any more.')
})

test('agent files are found from where the user is, from above the cassette, and beside it', async () => {
  await using here = await project()
  mkdirSync(here.at('deep/er'), { recursive: true })
  renameSync(here.at('cassettes/hello.yaml'), here.at('deep/er/hello.tape.yaml'))
  const above = await reprise(['cassette', 'verify', here.at('deep/er/hello.tape.yaml'), '--strict'])
  expect(above.stdout).toContain('1 pass')
  renameSync(here.at('agents/hello.yaml'), here.at('deep/er/hello.yaml'))
  const beside = await reprise(['cassette', 'verify', here.at('deep/er/hello.tape.yaml'), '--strict'])
  expect(beside.stdout).toContain('1 pass')
})

test('what cannot be run is broken, what holds no agent is skipped', async () => {
  await using here = await project()
  writeFileSync(here.at('cassettes/broken.yaml'), 'version: 2\ninteractions: what\n')
  writeFileSync(
    here.at('cassettes/foreign.yaml'),
    'version: 2\ninteractions:\n  - id: 0\n    request:\n      method: POST\n      url: https://api.openai.com/v1/chat/completions\n      body: "{}"\n    response:\n      status: 200 OK\n      body: "{}"\n',
  )
  writeFileSync(here.at('cassettes/notes.yaml'), 'no: cassette\n')
  const { code, stdout } = await here.verify()
  expect(code).toBe(2)
  expect(stdout).toMatch(/^BROKEN {2}cassettes\/broken\.yaml/m)
  expect(stdout).toMatch(/^SKIPPED cassettes\/foreign\.yaml/m)
  expect(stdout).toContain(`${names.length + 2} cassettes, ${names.length} pass, 1 skipped, 1 broken.`)
})

test('the worst verdict decides over the exit code', () => {
  const all = (...verdicts: Verdict[]) =>
    verdicts.map(verdict => ({ path: 'a', verdict, why: '', interactions: 1, seconds: 0 }))
  const codes = (...verdicts: Verdict[]) => [exitOfAll(all(...verdicts), false), exitOfAll(all(...verdicts), true)]
  expect(codes()).toEqual([0, 0])
  expect(codes('PASS', 'SKIPPED')).toEqual([0, 0])
  expect(codes('PASS', 'DRIFT')).toEqual([0, 4])
  expect(codes('STALE')).toEqual([0, 4])
  expect(codes('UNUSED', 'BROKEN')).toEqual([2, 2])
  expect(codes('BROKEN', 'MISS', 'DRIFT')).toEqual([3, 3])
})

test('verdicts as JUnit XML, for GitHub, and as JSON', async () => {
  await using here = await project()
  here.edit('agents/hello.yaml', renamed)
  renameSync(here.at('cassettes/team.yaml'), here.at('cassettes/a, "b" & <c>.yaml'))
  const { code, stdout } = await here.verify('--strict', '--github', '--junit', 'report.xml')
  expect(code).toBe(4)
  expect(stdout).toContain(
    '::error file=cassettes/hello.yaml,line=1,title=Cassette%3A STALE::agents/hello.yaml was changed after this was recorded.',
  )
  const xml = here.read('report.xml')
  expect(xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')).toBe(true)
  expect(xml).toContain(`<testsuites tests="${names.length}" failures="1" errors="0" skipped="0" time="`)
  expect(xml).toContain('name="cassettes/a, &quot;b&quot; &amp; &lt;c&gt;.yaml"')
  expect(xml).toMatch(/name="cassettes\/hello\.yaml" .*><failure type="STALE" message="agents\/hello\.yaml was changed/)
  const lax = await here.verify('--github', '--json', 'hello')
  expect(JSON.parse(lax.stdout)).toMatchObject({
    cassettes: [{ path: 'cassettes/hello.yaml', verdict: 'STALE', interactions: 2 }],
    counts: { STALE: 1 },
    exit: 0,
  })
})

test('shards share the cassettes, each in exactly one', async () => {
  await using here = await project()
  const parts = await Promise.all(['1/3', '2/3', '3/3'].map(part => here.verify('--shard', part, '--json')))
  const paths = parts.flatMap(({ stdout }) =>
    JSON.parse(stdout).cassettes.map(({ path }: { path: string }) => path),
  ) as string[]
  expect(parts.map(({ code }) => code)).toEqual([0, 0, 0])
  expect(paths.toSorted()).toEqual(names.map(name => `cassettes/${name}`))
  for (const part of ['0/3', '4/3', 'one']) {
    expect(await here.verify('--shard', part)).toMatchObject({ code: 2, stdout: '' })
  }
})

test('a name that is no cassette, and a folder without any, are told', async () => {
  await using here = await project()
  const name = await here.verify('helo')
  expect(name).toMatchObject({ code: 2, stdout: '' })
  expect(name.stderr).toContain('There is no cassette helo.')
  const folder = await here.verify('agents')
  expect(folder.stderr).toContain('There is no cassette in the folder agents.')
})
