import type { CassetteHeader, Interaction } from '../../core/cassette.ts'
import type { JsonObject } from '../../core/json.ts'
import { Alike } from './alike-write.ts'
import { itemText } from './item-write.ts'
import { namesOf } from './names.ts'
import { Requests } from './requests.ts'
import { type Kept, Tape } from './tape.ts'
import { mappingText } from './yaml-write.ts'

/**
 * A cassette written anew at `path`, in place of what is there when it is whole, and not before. Unlike a recording it
 * is kept whatever it holds. Throws a Failure where it cannot be written, and then all is as it was.
 */
export const rewriteCassette = async (
  path: string,
  header: CassetteHeader,
  interactions: AsyncIterable<Interaction> | Iterable<Interaction>,
): Promise<Kept> => {
  const tape = Tape.at(path, `${mappingText({ version: 2, ...(header as JsonObject) }, 0)}\ninteractions:\n`)
  try {
    const written = { requests: new Requests(), names: namesOf(), ...(header.slim && { alike: new Alike() }) }
    for await (const interaction of interactions) tape.write(itemText(interaction, written))
  } catch (error) {
    tape.discard()
    throw error
  }
  return tape.finish()
}
