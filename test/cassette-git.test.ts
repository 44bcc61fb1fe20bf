import { execFileSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Interaction } from '../runtime/core/cassette.ts'
import { cassetteAt } from '../runtime/team/tapes/reading.ts'
import { command, reprise } from './support/cli.ts'
import { said } from './support/interactions.ts'
import { recordedAt, type TeamRun, teamRun } from './support/team-run.ts'
import { temporaryFolder } from './support/temp.ts'

const name = 'cassettes/sea.yaml'

/** A repository in which git is told about cassettes, as docs/cassettes.md says, with one of them committed. */
const repository = async (interactions: readonly Interaction[] = teamRun()) => {
  const folder = await temporaryFolder()
  const { path } = folder
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: path,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { PATH: process.env['PATH'], HOME: path, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' },
    })
  const run = `'${process.execPath}' '${command}'`
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'somebody')
  git('config', 'user.email', 'somebody@example.com')
  git('config', 'diff.reprise.textconv', `${run} cassette textconv`)
  git('config', 'merge.reprise.name', 'cassettes of Reprise')
  git('config', 'merge.reprise.driver', `${run} cassette merge %O %A %B %P`)
  await writeFile(join(path, '.gitattributes'), 'cassettes/*.yaml diff=reprise merge=reprise\n')
  const commit = async (interactions: readonly Interaction[] | string): Promise<void> => {
    if (typeof interactions === 'string') await writeFile(join(path, name), interactions)
    else await recordedAt(join(path, name), interactions)
    git('add', '.')
    git('commit', '-q', '-m', 'A recording')
  }
  await commit(interactions)
  /** Makes two branches of the recording, and merges theirs into ours; gives the exit code. */
  const merge = async (
    ours: readonly Interaction[] | string,
    theirs: readonly Interaction[] | string,
  ): Promise<number> => {
    git('checkout', '-q', '-b', 'theirs')
    await commit(theirs)
    git('checkout', '-q', 'main')
    await commit(ours)
    try {
      git('merge', '-q', 'theirs')
      return 0
    } catch (error) {
      return (error as { status: number }).status
    }
  }
  return {
    path,
    file: join(path, name),
    git,
    commit,
    merge,
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  }
}

const reviewed = async (run: TeamRun): Promise<string> => {
  await using folder = await temporaryFolder()
  const file = await recordedAt(join(folder.path, 'sea.yaml'), teamRun(run), { recorded: new Date(2e12).toISOString() })
  return (await reprise(['cassette', 'textconv', file])).stdout
}

test('a reviewer reads what was told, said, called and returned', async () => {
  expect(await reviewed({})).toMatchInlineSnapshot(`
    "agent file: agents/sea.yaml

    == root

    user: Why is the sea salty?

    reads date

    root’s instruction:
      You lead.

      (date)

    root’s tools:
      transfer_task
        transfer_task does as it says.
        properties: {}
        type: object
      read_file
        read_file does as it says.
        properties: {}
        type: object

    root’s parameters:
      stream: true

    root (openai/gpt-4o):
      (thinking)
      Two tasks.
      → transfer_task
        agent: reader
        task: Do what a reader does.
        expected_output: A line.
      → transfer_task
        agent: writer
        task: Do what a writer does.
        expected_output: A line.

    == root/transfer_task:1/reader

    reader’s instruction:
      You read.

    reader’s tools:
      transfer_task
        transfer_task does as it says.
        properties: {}
        type: object
      read_file
        read_file does as it says.
        properties: {}
        type: object

    reader’s parameters:
      stream: true

    reader (openai/gpt-4o):
      → read_file
        path: sea.txt

    read_file gives:
      rivers bring salt
      and the sun takes water

    reader (openai/gpt-4o):
      Rivers bring it.

    == root/transfer_task:2/writer

    writer’s tools:
      transfer_task
        transfer_task does as it says.
        properties: {}
        type: object
      read_file
        read_file does as it says.
        properties: {}
        type: object

    writer’s parameters:
      stream: true

    writer (openai/gpt-4o):
      Salt

    root (openai/gpt-4o):
      # Salt

      Because **rivers** bring it.
    "
  `)
})

test('recording an unchanged run anew changes nothing of what a reviewer reads', async () => {
  expect(await reviewed({ ids: 'toolu', writerFirst: true, outputTokens: 99, cached: 5 })).toBe(await reviewed({}))
})

test('git diff shows a changed word as a changed line, and no bytes of the wire', async () => {
  await using repo = await repository()
  await recordedAt(repo.file, teamRun({ title: 'Brine', ids: 'toolu' }))
  const diff = repo.git('diff')
  const changed = diff.split('\n').filter(line => /^[-+](?![-+])/.test(line))
  expect(changed).toEqual(['-  Salt', '+  Brine', '-  # Salt', '+  # Brine'])
  expect(diff).not.toContain('data:')
})

test('git diff works on files that are no cassettes, or torn', async () => {
  await using repo = await repository()
  await writeFile(repo.file, 'no cassette: [\n')
  expect(repo.git('diff')).toContain('+no cassette: [')
  await rm(repo.file)
  const text = await readFile(await recordedAt(repo.file, teamRun()), 'utf8')
  await writeFile(repo.file, text.slice(0, -200))
  expect(repo.git('diff')).toContain('interactions:')
})

/** The words of all answers in a file. */
const answersIn = (path: string): string => {
  const cassette = cassetteAt(path)
  return JSON.stringify(
    cassette.entries.map(({ id }) => cassette.load(id)).map(({ response }) => response.said ?? response.body),
  )
}

test('branches that changed different answers merge', async () => {
  await using repo = await repository()
  const ours = teamRun().map(one => (one.id === 5 ? withText(one, 'Ours') : one))
  const theirs = teamRun().map(one => (one.id === 8 ? withText(one, 'Theirs') : one))
  expect(await repo.merge(ours, theirs)).toBe(0)
  expect(answersIn(repo.file)).toContain('Ours')
  expect(answersIn(repo.file)).toContain('Theirs')
  expect(repo.git('status', '--porcelain')).toBe('')
})

const withText = (one: Interaction, text: string): Interaction => ({
  ...one,
  response: { ...one.response, said: { text, stop: 'end', usage: {} } },
})

test('branches that each recorded something more keep both, in an order of their own', async () => {
  await using repo = await repository()
  const more = (question: string): Interaction[] => [...teamRun(), said(10, question)]
  expect(await repo.merge(more('And the lakes?'), more('And the rain?'))).toBe(0)
  const cassette = cassetteAt(repo.file)
  const asked = cassette.entries.map(({ id }) => cassette.load(id).request.body)
  expect(asked).toEqual(expect.arrayContaining(['And the lakes?', 'And the rain?']))
  expect(cassette.entries.map(({ id }) => id)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1))
})

test('an unchanged run that both recorded anew is no conflict, and the later time counts', async () => {
  await using repo = await repository()
  const text = async (ids: string, recorded: string) =>
    await readFile(await recordedAt(join(repo.path, `${ids}.yaml`), teamRun({ ids }), { recorded }), 'utf8')
  const ours = await text('ours', '2026-12-01T00:00:00.000Z')
  const theirs = await text('theirs', '2026-12-24T00:00:00.000Z')
  expect(await repo.merge(ours.replaceAll('2026-11-24', '2026-11-26'), theirs)).toBe(0)
  expect(cassetteAt(repo.file).header.recorded).toBe('2026-12-24T00:00:00.000Z')
})

test('one answer that both changed is a conflict: both stand there, marked, and either makes a cassette', async () => {
  await using repo = await repository()
  const ours = teamRun().map(one => (one.id === 9 ? withText(one, 'Ours') : one))
  const theirs = teamRun().map(one => (one.id === 9 ? withText(one, 'Theirs') : one))
  expect(await repo.merge(ours, theirs)).toBe(1)
  expect(repo.git('status', '--porcelain')).toContain(`UU ${name}`)
  const marked = await readFile(repo.file, 'utf8')
  expect(marked.match(/^(?:<<<<<<<|=======|>>>>>>>).*$/gm)).toEqual(['<<<<<<< ours', '=======', '>>>>>>> theirs'])
  const shown = await reprise(['cassette', 'show', repo.file])
  expect({ code: shown.code, stderr: shown.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('the marks of a merge'),
  })
  for (const [keep, word] of [
    ['$1', 'Ours'],
    ['$2', 'Theirs'],
  ] as const) {
    await writeFile(repo.file, marked.replaceAll(/^<<<<<<< .*\n([\s\S]*?)^=======\n([\s\S]*?)^>>>>>>> .*\n/gm, keep))
    expect(answersIn(repo.file)).toContain(word)
    const { stdout } = await reprise([
      'cassette',
      'diff',
      repo.file,
      await recordedAt(join(repo.path, 'one.yaml'), word === 'Ours' ? ours : theirs),
    ])
    expect(stdout).toContain('Alike')
  }
})

test('what one side took out and the other changed is a conflict', async () => {
  await using repo = await repository()
  const ours = teamRun().filter(({ id }) => id !== 9)
  const theirs = teamRun().map(one => (one.id === 9 ? withText(one, 'Theirs') : one))
  expect(await repo.merge(ours, theirs)).toBe(1)
  expect(await readFile(repo.file, 'utf8')).toMatch(/<<<<<<< ours\n=======\n {2}- id: 9\n/)
})

test('agent files that both changed are a conflict in the header', async () => {
  await using repo = await repository()
  const text = await readFile(repo.file, 'utf8')
  expect(
    await repo.merge(
      text.replace('agents/sea.yaml', 'agents/a.yaml'),
      text.replace('agents/sea.yaml', 'agents/b.yaml'),
    ),
  ).toBe(1)
  expect(await readFile(repo.file, 'utf8')).toMatch(
    /<<<<<<< ours\nagent:\n {2}path: agents\/a.yaml[\s\S]*=======\nagent:/,
  )
})

test('recordings of others are merged line by line', async () => {
  const foreign = (answer: string) =>
    `version: 2\ninteractions:\n  - id: 0\n    request:\n      url: https://api.openai.com/v1/chat/completions\n      method: POST\n      body: '{}'\n    response:\n      body: ${answer}\n      code: 200\n`
  await using repo = await repository()
  await repo.commit(foreign('first'))
  expect(await repo.merge(foreign('ours'), foreign('theirs'))).toBe(1)
  expect(await readFile(repo.file, 'utf8')).toContain('<<<<<<< ours\n      body: ours\n')
})

test('a file that both sides added is merged from nothing', async () => {
  await using folder = await temporaryFolder()
  const at = (file: string) => join(folder.path, file)
  await writeFile(at('base'), '')
  await recordedAt(at('ours'), teamRun().slice(0, 3))
  await recordedAt(at('theirs'), teamRun())
  const { code } = await reprise(['cassette', 'merge', at('base'), at('ours'), at('theirs'), name])
  expect(code).toBe(0)
  expect(cassetteAt(at('ours')).entries).toHaveLength(9)
})

test('a version that is not there is a failure, and says so', async () => {
  await using folder = await temporaryFolder()
  const file = await recordedAt(join(folder.path, 'ours'), teamRun())
  const { code, stderr } = await reprise(['cassette', 'merge', file, join(folder.path, 'missing'), file])
  expect(code).toBe(2)
  expect(stderr).toContain('git could not merge line by line')
})
