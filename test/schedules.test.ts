import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createCassette, openCassette } from '../runtime/cassette/file/file.ts'
import { recordingBorder } from '../runtime/cassette/play/record.ts'
import { replayingBorder } from '../runtime/cassette/play/replay.ts'
import type { Border } from '../runtime/core/border.ts'
import type { RunEvent } from '../runtime/core/event.ts'
import type { Agent } from '../runtime/loop/agent.ts'
import { inOrder } from '../runtime/loop/order.ts'
import { type Run, run } from '../runtime/loop/run.ts'
import { resolveEndpoint } from '../runtime/models/endpoint.ts'
import { modelOf } from '../runtime/models/model.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { noRedactor } from './support/memory-cassette.ts'
import { seeded } from './support/seeded.ts'
import { temporaryFolder } from './support/temp.ts'

const members = 64
const schedules = 200
const names = Array.from({ length: members }, (_, index) => `member${index}`)

/** A few turns of the event loop, so that whoever waits least goes first. */
const lapse = (random: () => number) => async () => {
  for (let turns = Math.floor(random() * 4); turns > 0; turns--) await turn()
}

/** The lead gives all of them the same task at once; each answers something of its own. */
const answerTo = (lane: string, isAnswered: boolean): string => {
  const delta =
    lane !== 'root'
      ? { content: `The answer of ${lane}.` }
      : isAnswered
        ? { content: 'All have answered.' }
        : {
            tool_calls: names.map((agent, index) => ({
              index,
              id: `call_${index}`,
              function: {
                name: 'transfer_task',
                arguments: JSON.stringify({ agent, task: 'Say who you are.', expected_output: '' }),
              },
            })),
          }
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`
}

const worldWith = (pause: () => Promise<void>): Border => ({
  async exchange({ caller, body }) {
    await pause()
    const answer = answerTo(caller.lane, JSON.stringify(body).includes('tool_call_id'))
    return {
      status: 200,
      headers: {},
      body: (async function* () {
        yield Buffer.from(answer)
      })(),
    }
  },
  perform: async (_kind, _ask, live) => {
    await pause()
    return await live()
  },
})

const agentOf = (name: string, border: Border, subAgents: readonly string[]): Agent => ({
  name,
  description: 'one of many',
  instruction: 'Be yourself.',
  model: modelOf(resolveEndpoint({ provider: 'openai', model: 'gpt-4o' }, { env: {}, custom: {} }), border),
  toolbox: async () => ({ tools: [], instructions: [] }),
  subAgents,
  handoffs: [],
  promptFacts: { date: false, environment: false, files: [] },
  maxIterations: 10,
  historyItems: Number.POSITIVE_INFINITY,
})

const told = async (border: Border): Promise<string> => {
  const root = agentOf('root', border, names)
  const team = new Map([root, ...names.map(name => agentOf(name, border, []))].map(agent => [agent.name, agent]))
  const events: RunEvent[] = []
  const context = {
    team,
    agent: root,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Go.' }] }],
    border,
    permission: () => ({ verdict: 'allow' }),
    person: async () => ({ verdict: 'no' }),
    fact: async () => '',
    signal: new AbortController().signal,
  } as unknown as Run
  for await (const event of inOrder(run(context))) events.push(event)
  return JSON.stringify(events)
}

const protocols = () => openaiChat

test(`${members} members with the same task are told alike in ${schedules} schedules, each with its own answer`, async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'tape.yaml')
  const writer = createCassette(path, { reprise: 'test', recorded: '2026-01-01T00:00:00.000Z' })
  const world = worldWith(lapse(seeded(1)))
  const recorded = await told(recordingBorder(world, writer, { redactor: noRedactor, protocols, clock: () => 0 }))
  await writer.close(undefined)
  for (const name of names) expect(recorded).toContain(`/${name}.`)

  for (let seed = 1; seed <= schedules; seed++) {
    const cassette = openCassette(path, { origin: () => undefined })
    const pause = lapse(seeded(seed))
    const known = replayingBorder(cassette, {
      redactor: noRedactor,
      protocols,
      drift: 'refuse',
      onDrift: () => undefined,
      onNotice: () => undefined,
      pauseAfter: pause,
    })
    const border: Border = {
      exchange: async (request, live) => {
        await pause()
        return await known.exchange(request, live)
      },
      perform: async (kind, ask, live) => {
        await pause()
        return await known.perform(kind, ask, live)
      },
    }
    expect(await told(border), `seed ${seed}`).toBe(recorded)
    expect(known.unused(), `seed ${seed}`).toEqual([])
  }
})
