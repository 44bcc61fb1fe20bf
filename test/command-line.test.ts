import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commands, optionalValues } from '../runtime/cli/main.ts'
import { type PlainRun, plainRun } from '../runtime/cli/plain.ts'
import { runFlags } from '../runtime/cli/run-flags.ts'
import type { RunOptions } from '../runtime/cli/run-options.ts'
import type { Terminal } from '../runtime/cli/terminal.ts'

const nowhere = { write: () => true } as unknown as NodeJS.WriteStream
const terminal = { stdout: nowhere, stderr: nowhere } as unknown as Terminal

/** What commander understands; undefined for what it refuses or answers itself, such as --help. */
const understood = async (argv: readonly string[]): Promise<PlainRun | undefined> => {
  let found: PlainRun | undefined
  const program = commands(terminal, () => undefined)
  for (const command of program.commands) {
    command.action((file: string, messages: string[], options: RunOptions) => {
      found = { command: command.name() as 'run' | 'exec', file, messages, options }
    })
  }
  await program.parseAsync(optionalValues(argv), { from: 'user' }).catch(() => undefined)
  return found
}

const names = [...runFlags.flatMap(({ flags }) => flags.match(/(?<![\w[])--?[a-z-]+/g) ?? []), '--exec']
const takesNext = names.filter(name => runFlags.some(({ flags }) => flags.includes(`${name} <`)))
const word = fc.constantFrom('agent.yaml', 'Hi', '-', '', 'a b', 'live', 'replay', 'a=b')
const odd = fc.constantFrom('--', '-5', '-x', '--help', '--fake', '--yolo=1', '-q=', '--no-yolo', '-qd', '--recor')
const name = fc.constantFrom(...names)
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(word) },
  { weight: 4, arbitrary: fc.tuple(name.filter(one => !takesNext.includes(one))) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...takesNext), word) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...takesNext, '--record', '--fake-stream'), word)
      .map(([one, value]) => [`${one}=${value}`]),
  },
  { weight: 1, arbitrary: fc.tuple(odd) },
)
const line = fc
  .tuple(fc.constantFrom('run', 'exec'), fc.array(piece, { minLength: 1, maxLength: 7 }))
  .map(([command, pieces]) => [command, ...pieces.flat()])

test('a plain command line is read as commander reads it', async () => {
  await fc.assert(
    fc.asyncProperty(line, async argv => {
      const plain = plainRun(argv)
      fc.pre(plain !== undefined)
      expect(await understood(argv)).toEqual(plain)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['exec', 'a.yaml', 'Hi'],
  ['exec', 'a.yaml', '--fake', 'tape', 'Hi', '--strict', '-q'],
  ['run', 'a.yaml', '--record', '--exec', '--model', 'openai/gpt-4o', '--model=root=x/y', '-'],
])('and %j is one', async (...argv) => {
  expect(plainRun(argv)).toEqual(await understood(argv))
  expect(plainRun(argv)).toBeDefined()
})
