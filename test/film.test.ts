import { expect, test } from 'vitest'
import { type Film, filmOf } from '../runtime/team/tapes/film.ts'

const film = (name: string): Promise<Film> =>
  filmOf(name, {
    env: {},
    home: '/nowhere',
    workingDirectory: process.cwd(),
    now: () => new Date('2030-01-01T00:00:00Z'),
  })

test('a film of a cassette holds its events in the time they took when they were recorded', async () => {
  const { frames, failure } = await film('cassettes/hello')
  expect(failure).toBeUndefined()
  const deltas = frames.filter(({ event }) => event.type === 'text-delta')
  expect(deltas.length).toBeGreaterThan(20)
  const times = frames.map(({ at }) => at)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  // The pieces came 7 to 9 milliseconds apart, as the cassette says.
  const pauses = deltas.slice(1).map(({ at }, index) => at - (deltas[index]?.at ?? 0))
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(7)
  expect(Math.max(...pauses)).toBeLessThanOrEqual(9)
})

test('agents who worked side by side do so in the film', async () => {
  const { frames } = await film('cassettes/team')
  const spans = ['researcher', 'editor'].map(agent => {
    const times = frames.filter(({ event }) => event.agent === agent).map(({ at }) => at)
    return { from: Math.min(...times), to: Math.max(...times) }
  })
  const [researcher, editor] = spans
  expect(researcher?.from).toBeLessThan(editor?.to ?? 0)
  expect(editor?.from).toBeLessThan(researcher?.to ?? 0)
})

test('each event knows the interaction that it came from', async () => {
  const { frames, cassette } = await film('cassettes/code-reviewer')
  const ends = frames.filter(({ event }) => event.type === 'tool-end')
  expect(ends.length).toBeGreaterThan(0)
  for (const { interaction } of ends) expect(cassette.load(interaction).request.method).toBe('CALL')
  for (const { interaction } of frames.filter(({ event }) => event.type === 'text-delta')) {
    expect(cassette.load(interaction).request.method).toBe('POST')
  }
})

test('a film made twice is the same film', async () => {
  const [once, again] = [await film('cassettes/team'), await film('cassettes/team')]
  expect(again.frames).toEqual(once.frames)
  expect(again.turns).toEqual(once.turns)
})
