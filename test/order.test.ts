import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/core/event.ts'
import { inOrder } from '../runtime/loop/order.ts'

type Tree = { words: number; batches: Tree[][] }

const tree = (depth: number): fc.Arbitrary<Tree> =>
  fc.record({
    words: fc.nat(2),
    batches:
      depth === 0
        ? fc.constant<Tree[][]>([])
        : fc.array(fc.array(tree(depth - 1), { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
  })

const event = (path: number[], type: string, word = 0) =>
  ({ path, agent: path.join('.'), type, word }) as unknown as RunEvent

/** The order in which a person would tell it: depth first. */
function* told(node: Tree, path: number[]): Generator<RunEvent> {
  let calls = 0
  for (let word = 0; word < node.words; word++) yield event(path, 'text-delta', word)
  for (const child of node.batches.flat()) {
    const inside = [...path, ++calls]
    yield event(inside, 'tool-call')
    yield* told(child, inside)
    yield event(inside, 'tool-end')
  }
  yield event(path, 'agent-end')
}

/** The order in which it might really happen: the calls of one batch in any interleaving. */
const happening = (node: Tree, path: number[], random: () => number): RunEvent[] => {
  const events: RunEvent[] = []
  let calls = 0
  for (let word = 0; word < node.words; word++) events.push(event(path, 'text-delta', word))
  for (const batch of node.batches) {
    const parallel = batch.map(child => {
      const inside = [...path, ++calls]
      events.push(event(inside, 'tool-call'))
      return [...happening(child, inside, random), event(inside, 'tool-end')]
    })
    while (parallel.some(events => events.length > 0)) {
      const going = parallel.filter(events => events.length > 0)
      events.push(going[Math.floor(random() * going.length)]!.shift()!)
    }
  }
  events.push(event(path, 'agent-end'))
  return events
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
