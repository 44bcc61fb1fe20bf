import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { createCassette, openCassette } from '../../runtime/cassette/file/file.ts'
import { isSame } from '../../runtime/cassette/file/own.ts'
import type { CassetteHeader, Interaction } from '../../runtime/core/cassette.ts'
import type { Json } from '../../runtime/core/json.ts'

/** With fields of all kinds. */
export const header: CassetteHeader = {
  reprise: '0.1.0',
  recorded: '2026-01-01T00:00:00.000Z',
  note: 'From a server of our own: no key was at hand.',
  agent: { path: 'a.yaml', digest: 'abc', content: 'agents:\n  root:\n    model: openai/gpt-4o\n' },
  arguments: ['Review it', '--', 'true'],
  workingDirectory: '/work/some where',
  home: '/home/me',
}
export const context = { origin: () => undefined }

/** Records, closes, and gives the text of the file. */
export const write = async (path: string, interactions: readonly Interaction[]): Promise<string> => {
  const writer = createCassette(path, header)
  for (const interaction of interactions) writer.append(interaction)
  expect(await writer.close(undefined)).toEqual({ path, kept: true })
  return readFileSync(path, 'utf8')
}

/** Each as it was, in every detail, whatever was loaded before. */
export const expectAll = (path: string, interactions: readonly Interaction[], order = interactions): void => {
  const cassette = openCassette(path, context)
  expect(cassette.note).toBeUndefined()
  expect(cassette.entries.map(({ id }) => id)).toEqual(interactions.map(({ id }) => id).sort((a, b) => a - b))
  for (const interaction of order) {
    const loaded = cassette.load(interaction.id)
    expect(Object.keys(loaded).sort()).toEqual(Object.keys(interaction).sort())
    for (const [key, value] of Object.entries(interaction)) {
      // The comparison of the test library takes a key `constructor` for something else.
      if (!isSame(loaded[key as keyof Interaction] as Json, value as Json)) expect(loaded).toEqual(interaction)
      expect(isSame(loaded[key as keyof Interaction] as Json, value as Json)).toBe(true)
    }
  }
}
