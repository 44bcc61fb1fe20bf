import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createCassette, openCassette } from '../runtime/cassette/file/file.ts'
import type { Interaction, RecordedResponse } from '../runtime/core/cassette.ts'
import { isJsonObject, type Json } from '../runtime/core/json.ts'
import { conversation, toolCall } from './support/interactions.ts'
import { temporaryFolder } from './support/temp.ts'

const context = { origin: () => undefined }

const write = async (path: string, interactions: readonly Interaction[]): Promise<number> => {
  const writer = createCassette(path, { reprise: '0.1.0', recorded: '2026-01-01T00:00:00.000Z' })
  for (const interaction of interactions) writer.append(interaction)
  await writer.close(undefined)
  return statSync(path).size
}

const sentence =
  'It reads the header, splits it at the dot and decodes each part;\nan expired token is refused with a text.\n'

/** As long as in sessions of coding agents: a question, a file that is read, an answer. */
const lengths: Readonly<Record<string, number>> = { message: 2, why: 0, result: 30, answer: 12 }

const text = (turn: number, part: string): string => `${part} ${turn}: ${sentence.repeat(lengths[part] ?? 0)}`

/** What `reprise cassette slim` leaves. */
const slim = ({ body: _, chunks: __, ...response }: RecordedResponse): RecordedResponse => response

const lengthOf = (value: Json): number => {
  if (typeof value === 'string') return value.length
  const inside = isJsonObject(value) ? Object.values(value) : Array.isArray(value) ? value : []
  return inside.reduce((sum: number, item) => sum + lengthOf(item), 0)
}

test('a conversation of 100 turns takes no more than half as much again as what was said in it', async () => {
  await using folder = await temporaryFolder()
  const interactions = conversation(100, text).map(one =>
    one.request.protocol ? { ...one, response: slim(one.response) } : one,
  )
  const last = interactions.at(-1)!
  const size = await write(join(folder.path, 'a.yaml'), interactions)
  const said = lengthOf(last.request.body) + lengthOf(last.response.said ?? null)
  expect(size / said).toBeLessThan(1.5)
})

test('a file grows with what was said, not with its square', async () => {
  await using folder = await temporaryFolder()
  const size = (turns: number) => write(join(folder.path, `${turns}.yaml`), conversation(turns, text))
  const [short, long] = [await size(10), await size(160)]
  expect(long / short).toBeLessThan(17)
})

test('interactions are found and read wherever they stand in a large file', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const lengths = [0, 1, 1000, 2_097_100, 5, 1_048_500, 20, 3_000_000, 1_048_576, 7, 1_048_572, 1, 1]
  const large = lengths.map((length, at) => toolCall(at + 1, 'big', { at }, '  - id: x\n'.repeat(length / 10)))
  const interactions = [...large, ...conversation(3, text).map(one => ({ ...one, id: one.id + 100 }))]
  const references = new Set(conversation(3, text).map(({ id }) => id))
  expect(references.size).toBe(12)
  expect(await write(path, interactions)).toBeGreaterThan(8_000_000)
  const { entries, load } = openCassette(path, context)
  expect(entries).toHaveLength(interactions.length)
  for (const interaction of interactions.toReversed()) expect(load(interaction.id)).toEqual(interaction)
})

test('items that begin at any place of the pieces in which a file is read are found', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const filler = toolCall(2, 'big', {}, `${'x'.repeat(99)}\n`.repeat(50_000))
  const head = await write(path, [toolCall(1, 'pad', {}, '')])
  for (let shift = 0; shift < 12; shift++) {
    const pad = toolCall(1, 'pad', {}, 'y'.repeat(1_048_576 - head - 6 + shift))
    await write(path, [pad, toolCall(3, 'next', { shift }, 'found'), { ...filler, id: 4 }])
    const { entries, load } = openCassette(path, context)
    expect(entries.map(({ id }) => id)).toEqual([1, 3, 4])
    expect(load(3).request.body).toEqual({ shift })
  }
})

test('a conversation of thousands of requests is read from its end, and from its beginning', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const interactions = conversation(700, (turn, part) => `${part} ${turn} ${'word '.repeat(15)}`)
  await write(path, interactions)
  const { entries, load } = openCassette(path, context)
  const last = entries.at(-1)!.id
  expect(load(last)).toEqual(interactions.at(-1))
  for (const id of [2, 1000, last - 1]) expect(load(id)).toEqual(interactions[id - 1])
})

test('a large file that changes while it is played back is not read any further', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  await write(path, [toolCall(1, 'big', {}, 'x\n'.repeat(3_000_000)), toolCall(2, 'small', {}, 'y')])
  const { load } = openCassette(path, context)
  expect(load(2).response.body).toBe('y')
  appendFileSync(path, '# more\n')
  expect(() => load(2)).toThrow('was changed while it was played back')
})
