import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/core/event.ts'
import { inOrder } from '../runtime/loop/order.ts'

/** `tasks` run in the background, begun after the batches. */
type Tree = { words: number; batches: Tree[][]; tasks: Tree[] }

const tree = (depth: number): fc.Arbitrary<Tree> =>
  fc.record({
    words: fc.nat(2),
    batches:
      depth === 0
        ? fc.constant<Tree[][]>([])
        : fc.array(fc.array(tree(depth - 1), { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
    tasks: depth === 0 ? fc.constant<Tree[]>([]) : fc.array(tree(depth - 1), { maxLength: 2 }),
  })

const event = (path: number[], type: string, more: object = {}) =>
  ({ path, agent: path.join('.'), type, ...more }) as unknown as RunEvent

const tasksOf = (node: Tree, calls: number): number[] => node.tasks.map((_, index) => calls + index + 1)

/** The order in which a person would tell it: depth first, and what ran in the background at the end of who began it. */
function* told(node: Tree, path: number[]): Generator<RunEvent> {
  let calls = 0
  for (let word = 0; word < node.words; word++) yield event(path, 'text-delta', { word })
  for (const child of node.batches.flat()) {
    const inside = [...path, ++calls]
    yield event(inside, 'tool-call')
    yield* told(child, inside)
    yield event(inside, 'tool-end')
  }
  const begun = tasksOf(node, calls)
  for (const call of begun) {
    yield event([...path, call], 'tool-call')
    yield event([...path, call], 'tool-end')
  }
  yield event(path, 'background', { calls: begun })
  for (const [index, child] of node.tasks.entries()) yield* told(child, [...path, -(begun[index] ?? 0)])
  yield event(path, 'message')
  yield event(path, 'agent-end')
}

/** What runs side by side, in any interleaving. */
const mixed = (parallel: RunEvent[][], random: () => number): RunEvent[] => {
  const events: RunEvent[] = []
  while (parallel.some(events => events.length > 0)) {
    const going = parallel.filter(events => events.length > 0)
    events.push(going[Math.floor(random() * going.length)]!.shift()!)
  }
  return events
}

/** The order in which it might really happen: the calls of one batch, and what runs in the background, in any order. */
const happening = (node: Tree, path: number[], random: () => number): RunEvent[] => {
  const events: RunEvent[] = []
  let calls = 0
  for (let word = 0; word < node.words; word++) events.push(event(path, 'text-delta', { word }))
  for (const batch of node.batches) {
    const parallel = batch.map(child => {
      const inside = [...path, ++calls]
      events.push(event(inside, 'tool-call'))
      return [...happening(child, inside, random), event(inside, 'tool-end')]
    })
    events.push(...mixed(parallel, random))
  }
  const begun = tasksOf(node, calls)
  const begins = begun.flatMap(call => [event([...path, call], 'tool-call'), event([...path, call], 'tool-end')])
  // Each task may be over before the next is begun, or go on while the agent rests.
  const tasks = node.tasks.map((child, index) => happening(child, [...path, -(begun[index] ?? 0)], random))
  events.push(...mixed([[...begins, event(path, 'background', { calls: begun })], ...tasks], random))
  return [...events, event(path, 'message'), event(path, 'agent-end')]
}

async function* streamed(events: RunEvent[]) {
  yield* events
}

test('parallel work is told depth first, whatever finished first', async () => {
  const numbers = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }))
  await fc.assert(
    fc.asyncProperty(tree(3), numbers, async (node, stream) => {
      const random = () => stream.next().value as number
      const got = await Array.fromAsync(inOrder(streamed(happening(node, [], random))))
      expect(got).toEqual([...told(node, [])])
    }),
    { numRuns: 500 },
  )
})

test('telling in order what is in order already changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(tree(2), async node => {
      const events = [...told(node, [])]
      expect(await Array.fromAsync(inOrder(streamed(events)))).toEqual(events)
    }),
  )
})

test('what a tool writes is told while it is the one that is told, and not at all later', async () => {
  const call = (path: number[]) => [event(path, 'tool-call'), event(path, 'tool-start')]
  const writes = (path: number[], text: string) => event(path, 'tool-output-delta', { text })
  const happened = [
    ...[...call([1]), ...call([2]), ...call([2, 1])],
    ...[writes([2], 'lost'), writes([1], 'a'), writes([2, 1], 'lost'), writes([1], 'b')],
    ...[event([1], 'tool-end'), writes([2, 1], 'c'), event([2, 1], 'tool-end'), event([2], 'tool-end')],
    // What runs in the background is told later.
    ...[...call([-3, 1]), writes([-3, 1], 'lost'), event([], 'background', { calls: [3] })],
    ...[writes([-3, 1], 'd'), event([-3, 1], 'tool-end'), event([-3], 'agent-end'), event([], 'agent-end')],
  ]
  const texts: unknown[] = []
  for await (const one of inOrder(streamed(happened))) if (one.type === 'tool-output-delta') texts.push(one.text)
  expect(texts).toEqual(['a', 'b', 'c', 'd'])
})
