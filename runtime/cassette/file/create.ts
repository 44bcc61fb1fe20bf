import type { CassetteHeader, Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { arranged } from './arrange.ts'
import type { CassetteWriter } from './file.ts'
import { Holdings } from './holdings.ts'
import { itemText } from './item-write.ts'
import { namesOf } from './names.ts'
import { openCassette } from './open.ts'
import { Requests } from './requests.ts'
import { type Kept, Tape } from './tape.ts'
import { mappingText } from './yaml-write.ts'

/**
 * Begins a recording that will stand at `path`. Until it is finished it stands beside, and an older one stays as it is.
 * What agents did side by side is put in order when it is closed, and numbered anew. Throws a Failure where nothing can
 * be written, or another process is recording there.
 */
export const createCassette = (path: string, header: CassetteHeader): CassetteWriter => {
  const tape = Tape.at(path, headerText(header))
  const written = { requests: new Requests(), names: namesOf() }
  const held = new Holdings()
  const close = (failure: unknown): Kept => {
    const nothing = held.nothingOf(failure)
    if (nothing) return { ...tape.discard(), note: nothing }
    const order = arranged(held.all)
    if (order.some((id, at) => id !== held.all[at]?.id)) {
      tape.rewrite(partial => arrangedTexts(partial, { header, order, before: held.all.map(({ id }) => id) }))
    }
    return failure === undefined ? tape.finish() : tape.finishFailed()
  }
  let kept: Kept | undefined
  return {
    path: tape.path,
    append: interaction => {
      if (kept) throw new Failure('cassette-file', `The recording ${tape.path} is closed: nothing more can be written.`)
      tape.write(itemText(interaction, written), held.isWorthKeeping)
      held.add(interaction)
    },
    close: async failure => {
      kept ??= close(failure)
      return kept
    },
  }
}

const headerText = (header: CassetteHeader, more: JsonObject = {}): string =>
  `${mappingText({ version: 2, ...(header as JsonObject), ...more }, 0)}\ninteractions:\n`

type Arrangement = {
  readonly header: CassetteHeader
  readonly order: readonly number[]
  readonly before: readonly number[]
}

/** The same recording in another order. In which order its interactions were over is told in one line of its header. */
function* arrangedTexts(path: string, { header, order, before }: Arrangement): Generator<string> {
  const cassette = openCassette(path, { origin: () => undefined })
  const ids = new Map(order.map((id, at) => [id, at + 1]))
  yield headerText(header, { completed: before.map(id => ids.get(id)).join(' ') })
  const written = { requests: new Requests(), names: namesOf() }
  for (const [id, now] of ids) {
    const interaction: Interaction = { ...cassette.load(id), id: now }
    yield itemText(interaction, written)
  }
}
