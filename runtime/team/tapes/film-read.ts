import type { OpenCassette } from '../../cassette/file/file.ts'
import { retold } from '../../cassette/view/retold.ts'
import { transcriptOf } from '../../cassette/view/transcript.ts'
import type { Film, Frame } from './film.ts'
import { reading } from './reading.ts'

/** A recording that cannot be played, as a film of what stands in it. */
export const filmRead = async (cassette: OpenCassette): Promise<Omit<Film, 'turns'>> => {
  const read = await reading()
  const begun = cassette.entries.map(({ id }) => id)
  const frames: Frame[] = []
  let at = 0
  for await (const { after, interaction, event } of retold(await transcriptOf(cassette, read), read)) {
    at += after
    frames.push({ at, event, interaction, begun: begun.indexOf(interaction) + 1 })
  }
  return { cassette, frames, begun, isRead: true }
}
