import { join } from 'node:path'
import { createCassette, openCassette } from '../../runtime/cassette/file/file.ts'
import { comparedOf, keyOf, type Protocols, requestOfExchange } from '../../runtime/cassette/match/request.ts'
import { replayingBorder } from '../../runtime/cassette/play/replay.ts'
import type { Exchange } from '../../runtime/core/border.ts'
import type { JsonObject } from '../../runtime/core/json.ts'
import { openaiChat } from '../../runtime/models/openai-chat.ts'
import { noRedactor } from '../support/memory-cassette.ts'
import { median, requestOf } from './traffic.ts'

const protocols: Protocols = id => (id === openaiChat.id ? openaiChat : undefined)

/** `agents` conversations side by side, of so many turns each. */
type Size = { readonly agents: number; readonly turns: number }

const exchange = (lane: string, body: JsonObject): Exchange => ({
  caller: { agent: 'root', lane },
  protocol: openaiChat.id,
  provider: 'openai',
  operation: '/chat/completions',
  url: 'https://api.openai.com/v1/chat/completions',
  body,
})

const answer = (turn: number): string => `Part ${turn} works by pushing part ${turn + 1}. `.repeat(8)

/** What is asked in a turn: as an agent with a few tools asks, with all that was said before. */
const asked = (agent: number, turn: number, other = ''): JsonObject => {
  const messages = Array.from({ length: turn }, (_, index) => [
    { role: 'assistant', content: answer(index) },
    { role: 'user', content: `Question ${index + 1} of ${agent}: how does part ${index + 1} work${other}, and why?` },
  ]).flat()
  const first = { role: 'user', content: `Question 0 of ${agent}: what is this machine?` }
  return { ...requestOf(0), messages: [{ role: 'system', content: 'You explain machines.' }, first, ...messages] }
}

const laneOf = (agent: number): string => `root/transfer_task:${agent + 1}/explainer`

const recorded = async (folder: string, { agents, turns }: Size): Promise<string> => {
  const path = join(folder, `${agents}x${turns}.yaml`)
  const writer = createCassette(path, { reprise: 'bench', recorded: '2026-01-01T00:00:00.000Z' })
  for (let id = 1; id <= agents * turns; id++) {
    const [agent, turn] = [Math.floor((id - 1) / turns), (id - 1) % turns]
    const request = requestOfExchange(exchange(laneOf(agent), asked(agent, turn)))
    const said = { text: answer(turn), stop: 'end' }
    const key = keyOf(comparedOf(request, protocols), said)
    writer.append({ id, lane: laneOf(agent), agent: 'explainer', request, response: { status: 200, said }, key })
  }
  await writer.close(undefined)
  return path
}

/** Milliseconds of work (whatever else the machine does), and lines, that it takes to say why a request is not answered that differs late in a conversation. */
const explained = async (path: string, { agents, turns }: Size): Promise<{ time: number; lines: number }> => {
  const tape = openCassette(path, { origin: () => undefined })
  const nothing = () => undefined
  const options = { protocols, redactor: noRedactor, drift: 'allow', onDrift: nothing, onNotice: nothing } as const
  const border = replayingBorder(tape, options)
  const never = () => Promise.reject(new Error('a replay asks nobody'))
  const [agent, at] = [Math.floor(agents / 2), Math.floor(turns / 2)]
  for (let turn = 0; turn < at; turn++) await border.exchange(exchange(laneOf(agent), asked(agent, turn)), never)
  const other = exchange(laneOf(agent), asked(agent, at, ' '.repeat(300) + 'and break '.repeat(300)))
  const before = process.cpuUsage()
  const failure = await border.exchange(other, never).catch((error: Error & { hint?: string }) => error)
  const time = process.cpuUsage(before).user / 1000
  if (!('message' in failure)) throw new Error('it was answered')
  return { time, lines: `${failure.message}\n${failure.hint}`.split('\n').length }
}

/** What a miss costs on cassettes of a thousand interactions: as many agents side by side, or one long conversation. */
export const explainMisses = async (folder: string): Promise<void> => {
  console.log('\nto say why a request has no answer, in a cassette of 1,000 interactions, median of 15 and the first')
  for (const size of [
    { agents: 50, turns: 20 },
    { agents: 1, turns: 1000 },
  ]) {
    const path = await recorded(folder, size)
    const all = []
    for (let round = 0; round < 15; round++) all.push(await explained(path, size))
    const times = all.map(({ time }) => time)
    console.log(
      `${`${size.agents} × ${size.turns} turns`.padEnd(34)} ${median(times).toFixed(1).padStart(6)} ms   ${times[0]?.toFixed(1)} ms, ${all[0]?.lines} lines`,
    )
  }
}
