import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Delivery, Fault } from '../runtime/cassette/play/delivery.ts'
import type { RunEvent } from '../runtime/core/event.ts'
import type { ContentPart } from '../runtime/core/message.ts'
import { inOrder } from '../runtime/loop/order.ts'
import { type OpenOptions, open } from '../runtime/team/open.ts'
import { optionsOf, scriptOf } from '../runtime/team/tapes/script.ts'
import { examplesWith } from './servers/scripts.ts'
import { cagentRuns } from './support/cagent.ts'
import { wildFolder } from './support/wild.ts'

/** A recorded run: how it is opened, and what is said in it. */
type Recorded = Pick<OpenOptions, 'source' | 'models' | 'promptFiles' | 'yolo' | 'workingDirectory' | 'fake'> & {
  readonly said: readonly (readonly ContentPart[])[]
}

const example = async (name: string): Promise<Recorded> => {
  const fake = resolve('cassettes', name)
  const script = await scriptOf(fake, resolve('.'))
  const said = script.said.map(({ content }) => content)
  return { source: script.source, ...optionsOf(script), workingDirectory: resolve('.'), fake, said }
}

const cagents = async (name: string): Promise<Recorded> => {
  const folder = join(wildFolder ?? '', 'cagent-e2e')
  const { agent, model, message } = cagentRuns[name] ?? { agent: '', message: '' }
  const path = join(folder, 'testdata', `${agent}.yaml`)
  return {
    source: { path, text: readFileSync(path, 'utf8') },
    models: model === undefined ? [] : [model],
    promptFiles: [],
    yolo: false,
    workingDirectory: folder,
    fake: join(folder, 'testdata/cassettes', name),
    said: [[{ type: 'text', text: message }]],
  }
}

/** What a run is remembered by, and how often a model was asked again. */
const transcript = async ({ said, ...options }: Recorded, delivery?: Delivery) => {
  const conversation = await open({
    ...options,
    ...(delivery && { delivery }),
    env: {},
    home: '/nowhere',
    cassettesFrom: options.workingDirectory,
    strict: false,
    person: async () => ({ verdict: 'no' }),
    notice: () => undefined,
    fetch: () => Promise.reject(new Error('a replay asked for the network')),
    now: () => new Date(0),
  })
  const events: RunEvent[] = []
  const { signal } = new AbortController()
  for (const content of said) {
    for await (const event of inOrder(conversation.say(content, signal))) events.push(event)
  }
  const { replay } = await conversation.close(undefined)
  expect(replay?.misses).toEqual([])
  return {
    kept: JSON.stringify(events.filter(({ type }) => !/-delta$|^retry$|^notice$/.test(type))),
    words: events.map(event => (event.type === 'text-delta' ? event.text : '')).join(''),
    calls: events.filter(({ type }) => type === 'finish').length,
    retries: events.filter(({ type }) => type === 'retry').length,
  }
}

const runs: readonly (readonly [string, () => Promise<Recorded>])[] = [
  ...Object.keys(examplesWith('')).map(name => [name, () => example(name)] as const),
  ...(wildFolder ? Object.keys(cagentRuns) : []).map(name => [name, () => cagents(name)] as const),
]

test.each(runs)('%s is the same run however its bytes arrive', async (_, of) => {
  const recorded = await of()
  const { kept, words, retries } = await transcript(recorded)
  expect(retries).toBe(0)
  const stall: Fault = { type: 'stall', milliseconds: 1 }
  for (const delivery of [
    ...(['bytes', 'split', 'merged'] as const).map(cuts => ({ cuts, faults: [] })),
    { cuts: 'recorded', faults: [stall] } as const,
  ]) {
    expect(await transcript(recorded, delivery), JSON.stringify(delivery)).toMatchObject({ kept, words, retries: 0 })
  }
})

test.each(runs)('%s comes to the same when it is refused at any call, and cut at any event', async (_, of) => {
  const recorded = await of()
  const { kept, calls } = await transcript(recorded)
  for (let call = 1; call <= calls; call++) {
    const refused = await transcript(recorded, { cuts: 'recorded', faults: [{ type: 'limit', call }] })
    expect(refused, `429 at call ${call}`).toMatchObject({ kept, retries: 1 })
  }
  for (const events of [1, 2, 3, 5, 8, 13, 21]) {
    const cut = await transcript(recorded, { cuts: 'split', faults: [{ type: 'cut', events }] })
    expect(cut.kept, `cut after event ${events}`).toBe(kept)
    if (events === 1) expect(cut.retries).toBeGreaterThan(0)
  }
})
