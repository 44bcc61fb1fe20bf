import type { Json } from '../../core/json.ts'
import { filledIn, frameOf, patternOf, type Step } from './alike.ts'
import { isSame } from './own.ts'

/** A request that goes on as an earlier one did. `ids` is the number of its first id. */
export type Likeness = { readonly like: number; readonly ids?: number }

/** What was written of a slim recording: a conversation goes on in few ways, each of which need be written out once. */
export class Alike {
  readonly #steps: Step[] = []
  readonly #patterns = new Map<string, number>()

  remember(step: Step): void {
    this.#steps.push(step)
  }

  /** The first request that went on in the same way, if this is not the first. */
  likeness(request: Pick<Step, 'id' | 'lane'>, base: number, added: Json): Likeness | undefined {
    const frame = frameOf(base, request, this.#since(base))
    const pattern = patternOf(added, frame)
    if (!isSame(filledIn(pattern, frame), added)) return undefined
    const text = JSON.stringify(pattern.tree)
    const like = this.#patterns.get(text)
    if (like === undefined) this.#patterns.set(text, request.id)
    return like === undefined ? undefined : { like, ...(pattern.first !== undefined && { ids: pattern.first }) }
  }

  #since(base: number): Step[] {
    const start = this.#steps.findLastIndex(({ id }) => id === base)
    return start === -1 ? [] : this.#steps.slice(start)
  }
}
