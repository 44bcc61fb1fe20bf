import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import type { Pty } from './support/pty.ts'
import { atScreen, idle, leave } from './support/screen.ts'

/** Numbers that come in the same order each time. */
const numbers = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state % below
  }
}

const lineOf = (index: number): string => `line ${index} ${'abc 漢字 '.repeat((index * 7) % 13)}end ${index}.`

/** Every paragraph once, whole and in order, and below it one input and one status line. */
const expectWhole = (terminal: Pty, count: number): void => {
  const lines = terminal.wholeLines()
  const text = lines.join(' ').replace(/\s+/g, ' ')
  const found = [...text.matchAll(/line (\d+) [abc 漢字]*end (\d+)\./g)].map(([, first, last]) => `${first} ${last}`)
  expect(found).toEqual(Array.from({ length: count }, (_, index) => `${index} ${index}`))
  expect(text.match(/\b(line|end) \d/g)).toHaveLength(2 * count)
  expect(lines.filter(line => /(^| )(ask|working)\b.* · /.test(line))).toHaveLength(1)
  expect(lines.filter(line => line === '>')).toHaveLength(1)
}

test.each([1, 2, 3])(
  'a storm of sizes while lines stream leaves each of them once, and nothing else: %i',
  async seed => {
    const count = 80
    // A paragraph a piece: what is on its way when the size changes was made for another, which no program can mend.
    const text = Array.from({ length: count }, (_, index) => `${lineOf(index)}\n\n`)
    const shell =
      'stty -a | grep -v columns > before; "$0" "$@"; stty -a | grep -v columns | diff before - && echo "same terminal"'
    await using terminal = await atScreen(helloAgent, [{ text, delayMs: 20 }], ['Hi'], { shell })
    await terminal.waitFor('line 1 ')
    const next = numbers(seed)
    for (let turn = 0; turn < 60; turn++) {
      terminal.resize(40 + next(160), 15 + next(30))
      await pause(next(40))
    }
    terminal.resize(80, 24)
    await terminal.waitFor(/end 79\.\n+>\nask · root[^\n]*tokens/)
    expectWhole(terminal, count)
    expect(await leave(terminal)).toContain('same terminal')
  },
)

test('what is typed in many rows, wide or not, is drawn once after each change of size', async () => {
  await using terminal = await atScreen(helloAgent, [])
  await terminal.waitFor(idle)
  terminal.write('one 漢字 '.repeat(40))
  await terminal.waitFor(/> one 漢字[\s\S]*\nask/)
  for (const columns of [200, 47, 120, 41, 63, 80]) {
    // What is on its way was made for the size before.
    for (let length = -1; length !== terminal.raw().length; await pause(300)) length = terminal.raw().length
    terminal.resize(columns, 30)
    const drawn = () => terminal.wholeLines().join('').replace(/\s+/g, '')
    await expect.poll(() => drawn().match(/one漢字/g)?.length, { timeout: 20_000, message: `${columns}` }).toBe(40)
    await terminal.waitFor(/(?:^|\n)> one 漢字[\s\S]*\nask/)
    expect(drawn().match(/>/g)).toHaveLength(1)
  }
  terminal.write('\x15')
  await terminal.waitFor(idle)
  await leave(terminal)
})

test('in tmux nothing is erased from the upper left corner on, which it would keep', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'Yes.' }], ['Hi'], { env: { TMUX: 'somewhere' } })
  await terminal.waitFor(/Yes\.\n\n>\nask/)
  terminal.resize(60, 20)
  await terminal.waitFor(idle)
  expect(terminal.raw()).toContain('\x1b[1G\x1b[K\x1b[2G\x1b[J')
  expect(terminal.raw()).not.toContain('\x1b[1G\x1b[J')
  await leave(terminal)
})
