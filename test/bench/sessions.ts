import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '../../runtime/core/event.ts'
import { openStore, type SessionStore } from '../../runtime/session/store.ts'

/**
 * What storing a conversation costs: for each turn of a long session, as a ratio to its first hundred, which shall stay
 * near 1, and what it takes to open one of 10,000 messages again. Milliseconds are of this machine.
 * `node test/bench/sessions.ts 1000 10000` takes so many turns and messages.
 */
const turns = Number(process.argv[2] ?? 1000)
const messages = Number(process.argv[3] ?? 10_000)

const folder = mkdtempSync(join(tmpdir(), 'reprise-bench-'))
const path = join(folder, 'sessions.db')
const usage = { input: 1000, cacheRead: 0, cacheWrite: 0, output: 60, reasoning: 0 }
const here = { path: [], agent: 'root' }
const text = 'It is what one would say in an ordinary answer, which has some words in it. '.repeat(4)

/** A turn as a model streams it: a call with its result, then an answer in sixty pieces. */
function* turn(number: number): Generator<RunEvent> {
  const call = { type: 'tool-call' as const, id: `call_${number}`, name: 'shell', input: { cmd: 'ls -l' } }
  const result = { callId: call.id, name: call.name, content: [{ type: 'text' as const, text: text.repeat(4) }] }
  yield {
    ...here,
    type: 'message',
    message: { role: 'user', content: [{ type: 'text', text: `Question ${number}?` }] },
  }
  yield { ...here, type: 'part', part: call }
  yield { ...here, type: 'finish', stop: 'tool-calls', usage, cost: 0.001 }
  yield { ...here, type: 'message', message: { role: 'assistant', content: [call], stop: 'tool-calls', usage } }
  yield { ...here, path: [number], type: 'tool-start', call }
  yield { ...here, path: [number], type: 'tool-end', call, result }
  yield { ...here, type: 'message', message: { role: 'tool', results: [result] } }
  for (const word of text.split(' ')) yield { ...here, type: 'text-delta', text: `${word} ` }
  yield { ...here, type: 'part', part: { type: 'text', text } }
  yield { ...here, type: 'finish', stop: 'end', usage, cost: 0.001 }
  yield {
    ...here,
    type: 'message',
    message: { role: 'assistant', content: [{ type: 'text', text }], stop: 'end', usage },
  }
  yield { ...here, type: 'agent-end', reason: 'done' }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const milliseconds = (work: () => void): number => {
  const before = performance.now()
  work()
  return performance.now() - before
}

const beginning = { agentFile: '/agent.yaml', agentDigest: '', agent: 'root', workingDirectory: folder }
const writing = { modelOf: () => 'openai/gpt-4o', workingDirectory: folder }
const open = (id = 'long'): Promise<SessionStore> =>
  openStore(path, { now: () => new Date(), newId: () => id, notice: console.error })

const write = (store: SessionStore, count: number): number[] => {
  using writer = store.begin(beginning, writing)
  return Array.from({ length: count }, (_, number) =>
    milliseconds(() => {
      for (const event of turn(number)) writer.append(event)
    }),
  )
}

{
  using store = await open('turns')
  const times = write(store, turns)
  const base = median(times.slice(0, 100))
  console.log(
    `a turn of a session of ${turns}       ms   ratio   (median of a hundred, ${[...turn(0)].length} events each)`,
  )
  for (const start of [0, Math.floor(turns / 2) - 50, turns - 100]) {
    const time = median(times.slice(start, start + 100))
    const name = `turns ${start + 1} to ${start + 100}`
    console.log(`${name.padEnd(28)} ${time.toFixed(2).padStart(8)}   ${(time / base).toFixed(2).padStart(5)}`)
  }
}
console.log(`bytes a turn                 ${(statSync(path).size / turns).toFixed(0).padStart(8)}`)

{
  using store = await open('messages')
  write(store, Math.ceil(messages / 4))
}
const opened: number[] = []
for (let round = 0; round < 5; round++) {
  const before = performance.now()
  using store = await open()
  const { record, writer } = store.resume('messages', writing)
  opened.push(performance.now() - before)
  if (round === 0) console.log(`a session of ${record.messages.length} messages`)
  writer[Symbol.dispose]()
}
console.log(`opened again                 ${median(opened).toFixed(1).padStart(8)}   (median of ${opened.length})`)
{
  using store = await open()
  const times = Array.from({ length: 5 }, () => milliseconds(() => void store.list()))
  console.log(`listed                       ${median(times).toFixed(1).padStart(8)}`)
}
rmSync(folder, { recursive: true })
