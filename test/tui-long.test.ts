import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/core/event.ts'
import type { ToolCall } from '../runtime/core/message.ts'
import { watched } from '../runtime/tui/state/watched.ts'
import { toolAgent } from './support/agents.ts'
import { atScreen, leave } from './support/screen.ts'

const over = (number: number): RunEvent => {
  const call: ToolCall = { type: 'tool-call', id: `${number}`, name: 'look', input: { number } }
  const result = { callId: call.id, name: call.name, content: [{ type: 'text' as const, text: `seen ${number}` }] }
  return { path: [number], agent: 'root', type: 'tool-end', call, result }
}

test('however long a turn is, little of it is kept, and whoever looks sees each block once', async () => {
  const store = watched(() => performance.now())
  const seen: string[] = []
  const place = { page: 0, index: 0 }
  let most = 0
  store.subscribe(() => {
    const { page, blocks } = store.state()
    if (page !== place.page) Object.assign(place, { page, index: 0 })
    for (const block of blocks.slice(place.index)) seen.push(block.type === 'call' ? block.call.id : block.type)
    place.index = blocks.length
    most = Math.max(most, blocks.length)
  })
  store.tell({ type: 'turn', text: 'Look at all' })
  for (let number = 1; number <= 5000; number++) {
    store.tell(over(number))
    // The person types now and then, which is shown at once.
    if (number % 50 === 0) {
      store.tell({ type: 'edit', editor: store.state().editor })
      await setImmediate()
    }
  }
  store.tell({ type: 'turn-over', isCancelled: false })
  expect(seen).toEqual(['user', ...Array.from({ length: 5000 }, (_, index) => `${index + 1}`)])
  expect(most).toBeLessThan(500)
  expect(store.state().folded.length).toBeLessThan(100)
})

test('a turn of many calls stands in the scrollback, each once', async () => {
  const numbers = Array.from({ length: 250 }, (_, index) => index)
  const toolCalls = numbers.map(number => ({ name: 'read_file', input: { path: `missing-${number}.txt` } }))
  const answers = [
    { toolCalls: toolCalls.slice(0, 220) },
    { toolCalls: toolCalls.slice(220) },
    { text: 'That is all.' },
  ]
  await using terminal = await atScreen(toolAgent, answers, ['Read'])
  await terminal.waitFor(/That is all\.\n\n>\nask/)
  // They are over in any order.
  const found = [...terminal.screen().matchAll(/✗ read_file missing-(\d+)\.txt/g)].map(([, number]) => Number(number))
  expect(found.sort((a, b) => a - b)).toEqual(numbers)
  await leave(terminal)
})
