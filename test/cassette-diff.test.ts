import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { aligned } from '../runtime/cassette/view/align.ts'
import { lineChanges } from '../runtime/cassette/view/lines.ts'
import type { Interaction } from '../runtime/core/cassette.ts'
import { reprise } from './support/cli.ts'
import { recordedAt, type TeamRun, teamRun } from './support/team-run.ts'
import { temporaryFolder } from './support/temp.ts'

/** What `reprise cassette diff` says of two recordings. */
const compared = async (before: readonly Interaction[], after: readonly Interaction[], ...args: string[]) => {
  await using folder = await temporaryFolder()
  await recordedAt(join(folder.path, 'before.yaml'), before)
  await recordedAt(join(folder.path, 'after.yaml'), after, {
    recorded: '2026-12-01T00:00:00.000Z',
    workingDirectory: '/other',
  })
  return await reprise(['cassette', 'diff', 'before', 'after', ...args], { cwd: folder.path })
}

/** The places and kinds of the differences between two runs. */
const changes = async (before: TeamRun, after: TeamRun): Promise<string[]> => {
  const { stdout } = await compared(teamRun(before), teamRun(after), '--json')
  return JSON.parse(stdout).changes.map(({ place, what }: { place: string; what: string }) => `${place}: ${what}`)
}

test('recordings of one run are alike, whoever was asked first and whatever ids, dates and caches were', async () => {
  const { stdout, code } = await compared(teamRun(), teamRun({ ids: 'toolu_x', writerFirst: true, cached: 60 }))
  expect({ stdout, code }).toEqual({ stdout: 'Alike: 5 model calls, 1 tool call.\n', code: 0 })
})

test('an agent that says something else is told with its turn, its lines, and where the runs part', async () => {
  const { stdout, code } = await compared(teamRun(), teamRun({ title: 'Brine', outputTokens: 30 }))
  expect(code).toBe(1)
  expect(stdout).toMatchInlineSnapshot(`
    "--- before.yaml
    +++ after.yaml
    2 differences.

    root/transfer_task:2/writer, turn 1  ◀ here they part
      said · interaction 8
        - Salt
        + Brine

    root, turn 2
      said · interaction 9
        - # Salt
        + # Brine

          Because **rivers** bring it.

    spent               before       after
    model calls              5           5
    tool calls               1           1
    tokens in              500         500
    tokens out             100         150  +50
    cost               $0.0022     $0.0027  +$0.0005
    "
  `)
})

test('a changed instruction is told once, however many turns it stands in', async () => {
  expect(await changes({}, { instruction: 'You lead well.' })).toEqual(['root, turn 1: instruction'])
})

test('another question is told as the message, another file as what the tool answered', async () => {
  expect(await changes({}, { question: 'Why is it blue?' })).toEqual(['root, at the beginning: message'])
  expect(await changes({}, { file: 'rivers bring salt' })).toEqual(['root/transfer_task:1/reader, turn 1: answered'])
})

test('runs that only spent otherwise are said to have done so', async () => {
  const { stdout, code } = await compared(teamRun(), teamRun({ outputTokens: 21 }))
  expect(code).toBe(1)
  expect(stdout).toContain('Said and called alike, and spent otherwise.')
  expect(stdout).toMatch(/tokens out +100 +105 +\+5/)
})

test('a turn more, and a task less, are told as new and gone', async () => {
  const run = teamRun()
  const longer = [
    ...run,
    { ...run.at(-1)!, id: 10, request: { ...run.at(-1)!.request, body: { model: 'gpt-4o', messages: [] } } },
  ]
  const { stdout } = await compared(run, longer)
  expect(stdout).toContain('root, turn 3')
  expect(stdout).toContain('a whole turn · new, interaction 10')
  const fewer = run.filter(({ lane }) => !lane.endsWith('/writer'))
  expect((await compared(run, fewer)).stdout).toContain('root/transfer_task:2/writer, turn 1')
})

test('another model and another parameter are named', async () => {
  const after = teamRun().map(one => {
    const { body } = one.request
    if (one.request.method !== 'POST' || typeof body !== 'object') return one
    return { ...one, request: { ...one.request, body: { ...body, model: 'gpt-5', temperature: 1 } } }
  })
  const { stdout } = await compared(teamRun(), after)
  expect(stdout).toContain('    - openai/gpt-4o\n    + openai/gpt-5\n')
  expect(stdout).toContain('    + temperature: 1\n')
})

test('a call that failed in one run and not in the other is told', async () => {
  const failed = teamRun().map(one =>
    one.id === 7 ? { ...one, response: { status: 200, body: { error: 'failed', content: 'no such file' } } } : one,
  )
  const { stdout } = await compared(teamRun(), failed)
  expect(stdout).toContain('answered: read_file')
  expect(stdout).toContain('+ (failed) no such file')
})

test('a cassette that is not there is a failure, not a difference', async () => {
  await using folder = await temporaryFolder()
  const { code } = await reprise(['cassette', 'diff', 'nothing', 'nowhere'], { cwd: folder.path })
  expect(code).toBe(2)
})

const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })

test('an alignment holds both lists in order, pairs only what is equal, and as much of it as can be', () => {
  void fc.assert(
    fc.property(words, words, (before, after) => {
      const pairs = aligned(before, after)
      expect(pairs.flatMap(pair => pair.before ?? [])).toEqual(before.map((_, at) => at))
      expect(pairs.flatMap(pair => pair.after ?? [])).toEqual(after.map((_, at) => at))
      const equal = pairs.filter(pair => pair.before !== undefined && pair.after !== undefined)
      for (const pair of equal) expect(before[pair.before!]).toBe(after[pair.after!])
      expect(equal.length).toBe(commonLength(before, after))
    }),
    { numRuns: 2000 },
  )
})

/** The length of the longest common subsequence, by the book. */
const commonLength = (one: readonly string[], other: readonly string[]): number => {
  const table = Array.from({ length: one.length + 1 }, () => new Array<number>(other.length + 1).fill(0))
  for (let a = one.length - 1; a >= 0; a--) {
    for (let b = other.length - 1; b >= 0; b--) {
      table[a]![b] = one[a] === other[b] ? table[a + 1]![b + 1]! + 1 : Math.max(table[a + 1]![b]!, table[a]![b + 1]!)
    }
  }
  return table[0]![0]!
}

test('changed lines stand between a few equal ones; those far away are counted', () => {
  const text = (word: string) => ['1', '2', '3', '4', word, '6', '7', '8', '9'].join('\n')
  const lines = lineChanges(text('five'), text('FIVE'), 1)
  expect(lines.map(line => (line.sign === '…' ? `…${line.skipped}` : line.sign + line.text))).toEqual([
    '…3',
    ' 4',
    '-five',
    '+FIVE',
    ' 6',
    '…3',
  ])
  expect(lineChanges('same', 'same')).toEqual([])
})
