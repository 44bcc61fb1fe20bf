import { type ContentPart, isOfUser, textOf } from '../../core/message.ts'
import { scriptOf } from './script.ts'
import { tapeOf } from './tape.ts'

/** What the user said in a recording, a turn each; in one of others as far as its requests tell. Throws a Failure for none. */
export const saidIn = async (name: string, cassettesFrom: string): Promise<string[]> => {
  const cassette = await tapeOf(name, cassettesFrom)
  if (cassette.header.agent?.content === undefined) {
    const { filmRead } = await import('./film-read.ts')
    const { frames } = await filmRead(cassette)
    return frames.flatMap(({ event }) =>
      event.type === 'message' && event.path.length === 0 && isOfUser(event.message) ? [words(event.message)] : [],
    )
  }
  const { said } = await scriptOf(name, cassettesFrom)
  return said.map(words)
}

const words = ({ content }: { readonly content: readonly ContentPart[] }): string => textOf(content)
