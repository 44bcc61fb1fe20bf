import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCassette, openCassette } from '../runtime/cassette/file/file.ts'
import type { Interaction } from '../runtime/core/cassette.ts'
import { modelCall, toolCall } from './support/interactions.ts'
import { temporaryFolder } from './support/temp.ts'

const context = { origin: () => undefined }
const instruction = 'You look for one thing and tell what you found, in one sentence and no more than that.'

/** What one lane does, in its order: it asks a model, calls a tool, and asks again. */
const laneOf = (lane: string): Interaction[] => {
  const first = [
    { role: 'system', content: instruction.repeat(5) },
    { role: 'user', content: `Begin with ${lane}` },
  ]
  const result = `What the tool of ${lane} gave back, which is a text of some length`
  const second = [...first, { role: 'assistant', content: 'calls' }, { role: 'tool', content: result }]
  return [
    modelCall(0, { messages: first }, `I call a tool in ${lane}`, { lane, agent: 'x' }),
    { ...toolCall(0, 'look', { lane }, result), lane, agent: 'x' },
    modelCall(0, { messages: second }, `Found in ${lane}: a sentence that is longer than a name is worth`, {
      lane,
      agent: 'x',
    }),
  ]
}

/** A lead gives tasks to members at once, who work side by side as `pick` says, and then goes on. */
const run = (members: number, pick: (choices: number) => number): Interaction[] => {
  const root = laneOf('root')
  const working = Array.from({ length: members }, (_, at) => laneOf(`root/transfer_task:${at + 1}/x`))
  const open: Interaction[] = []
  const over: Interaction[] = []
  let asked = 0
  const ask = (one: Interaction) => ({ ...one, id: ++asked })
  over.push(ask(root[0]!))
  while (working.some(lane => lane.length > 0) || open.length > 0) {
    const begins = working.filter(lane => lane.length > 0 && !open.some(one => one.lane === lane[0]?.lane))
    const choice = pick(begins.length + open.length)
    if (choice < begins.length) open.push(ask(begins[choice]!.shift()!))
    else over.push(...open.splice(choice - begins.length, 1))
  }
  return [...over, ask(root[1]!), ask(root[2]!)]
}

const record = async (path: string, interactions: readonly Interaction[]): Promise<string> => {
  const writer = createCassette(path, { reprise: '0.1.0', recorded: '2026-01-01T00:00:00.000Z' })
  for (const interaction of interactions) writer.append(interaction)
  expect(await writer.close(undefined)).toEqual({ path, kept: true })
  return readFileSync(path, 'utf8')
}

test('a run whose agents work side by side is kept alike, whoever was faster', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const quiet = await record(
    path,
    run(11, () => 0),
  )
  const order = [...quiet.matchAll(/lane: root\/transfer_task:(\d+)/g)].map(([, task]) => Number(task))
  expect(order).toEqual([...order].sort((a, b) => a - b))
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async numbers => {
      const interactions = run(11, choices => (numbers.next().value ?? 0) % choices)
      const lines = (await record(path, interactions)).split('\n')
      const differing = lines.filter((line, at) => line !== quiet.split('\n')[at])
      expect(differing.every(line => line.startsWith('completed: '))).toBe(true)
      const { entries, load } = openCassette(path, context)
      const loaded = entries.map(({ id }) => load(id))
      const inOrderOfEnd = loaded.toSorted((a, b) => (a.rank ?? a.id) - (b.rank ?? b.id))
      const plain = ({ id: _, rank: __, ...rest }: Interaction) => rest
      expect(inOrderOfEnd.map(plain)).toEqual(interactions.map(plain))
    }),
    { numRuns: 60 },
  )
  expect(readdirSync(folder.path)).toEqual(['a.yaml'])
})

test('what was asked first stands first, and in which order it was over is told in the header', async () => {
  await using folder = await temporaryFolder()
  const call = (id: number) => toolCall(id, 'shell', { cmd: `sleep ${id}` }, `slept ${id}`)
  const text = await record(join(folder.path, 'a.yaml'), [call(1), call(4), call(2), call(3)])
  expect(text).toContain('completed: "1 4 2 3"')
  const { entries, load, header } = openCassette(join(folder.path, 'a.yaml'), context)
  expect(entries.map(({ id }) => [id, load(id).rank])).toEqual([
    [1, undefined],
    [2, 3],
    [3, 4],
    [4, 2],
  ])
  expect(header).toEqual({ reprise: '0.1.0', recorded: '2026-01-01T00:00:00.000Z' })
  expect(await record(join(folder.path, 'b.yaml'), [1, 2, 3].map(call))).not.toContain('completed')
})

test('recorded anew, an unchanged run differs in the lines that its provider makes up, and no others', async () => {
  await using folder = await temporaryFolder()
  const wire = (interactions: readonly Interaction[], mark: string) =>
    interactions.map(one => {
      const { body, chunks } = one.response
      return one.request.protocol
        ? {
            ...one,
            response: { ...one.response, body: `data: ${mark}\n${body}`, chunks: `${chunks} 1+${mark.length}` },
          }
        : one
    })
  const interactions = run(3, () => 0)
  const one = (await record(join(folder.path, 'a.yaml'), wire(interactions, 'chatcmpl-1'))).split('\n')
  const other = (await record(join(folder.path, 'b.yaml'), wire(interactions, 'chatcmpl-22'))).split('\n')
  const differing = one.filter((line, at) => line !== other[at])
  expect(differing.every(line => /^ +(chunks: |data: chatcmpl)/.test(line))).toBe(true)
  expect(differing).toHaveLength(2 * interactions.filter(({ request }) => request.protocol).length)
})
