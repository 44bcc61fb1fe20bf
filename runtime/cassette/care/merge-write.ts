import type { Interaction } from '../../core/cassette.ts'
import type { JsonObject } from '../../core/json.ts'
import { conflictMarks } from '../file/conflict.ts'
import { itemText, type Written } from '../file/item-write.ts'
import { namesOf } from '../file/names.ts'
import { finishedLine } from '../file/partial.ts'
import { Requests } from '../file/requests.ts'
import { mappingText } from '../file/yaml-write.ts'
import type { Merge, Merged } from './merge.ts'

const { begin, between, end } = conflictMarks

/**
 * The text of a merged cassette. Interactions are numbered anew. Where two versions are left, both stand between the marks
 * that git uses, each whole without the other: a person takes out one of them, and the marks.
 */
export const mergedText = ({ header, interactions }: Merge): string => {
  const writer = new MergedItems()
  return [
    finishedLine,
    'version: 2\n',
    ...header.map(part => marked(part, field => `${mappingText(field, 0)}\n`)),
    'interactions:\n',
    ...interactions.map(part => writer.text(part)),
  ].join('')
}

const marked = (part: Merged<JsonObject>, text: (field: JsonObject) => string): string =>
  'clear' in part
    ? text(part.clear)
    : `${begin}${part.ours.map(text).join('')}${between}${part.theirs.map(text).join('')}${end}`

class MergedItems {
  readonly #written: Written = nothingWritten()
  readonly #clear: Interaction[] = []
  #id = 0

  text(part: Merged<Interaction>): string {
    if ('clear' in part) {
      const interaction = this.#numbered(part.clear)
      this.#clear.push(interaction)
      return itemText(interaction, this.#written)
    }
    return `${begin}${this.#alone(part.ours)}${between}${this.#alone(part.theirs)}${end}`
  }

  /** What later ones cannot lean on, since it may be taken out: it leans only on what is clear. */
  #alone(interactions: readonly Interaction[]): string {
    const written = nothingWritten()
    for (const earlier of this.#clear) itemText(earlier, written)
    return interactions.map(interaction => itemText(this.#numbered(interaction), written)).join('')
  }

  /** The order of completion was that of another recording. */
  #numbered({ rank: _, ...interaction }: Interaction): Interaction {
    this.#id += 1
    return { ...interaction, id: this.#id }
  }
}

const nothingWritten = (): Written => ({ requests: new Requests(), names: namesOf() })
