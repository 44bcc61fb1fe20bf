import type { CassetteHeader, Interaction } from '../core/cassette.ts'
import type { JsonObject } from '../core/json.ts'
import type { CassetteWriter } from './file.ts'
import { itemText } from './item-write.ts'
import { namesOf } from './names.ts'
import { Requests } from './requests.ts'
import { Tape } from './tape.ts'
import { mappingText } from './yaml-write.ts'

/**
 * Begins a recording that will stand at `path`. Until it is finished it stands beside, and an older one stays as it is.
 * Throws a Failure where that cannot be written, or another process is recording there.
 */
export const createCassette = (path: string, header: CassetteHeader): CassetteWriter => {
  const tape = Tape.at(path, `${mappingText({ version: 2, ...(header as JsonObject) }, 0)}\ninteractions:\n`)
  const written = { requests: new Requests(), names: namesOf() }
  const held = new Holdings()
  return {
    path: tape.path,
    append: interaction => {
      tape.write(itemText(interaction, written))
      held.add(interaction)
    },
    close: async failure => {
      const nothing = held.nothingOf(failure)
      if (nothing) return { ...tape.discard(), note: nothing }
      return failure === undefined ? tape.finish() : tape.finishFailed()
    },
  }
}

/** What a recording holds, as far as it matters for keeping it. */
class Holdings {
  #any = false
  #effects = false
  #answers = 0
  #refused = 0

  add({ request, response }: Interaction): void {
    this.#any = true
    if (/^https?:/.test(request.url) || request.protocol !== undefined) {
      this.#answers += 1
      if (isRefusal(response)) this.#refused += 1
    } else if (request.method === 'CALL') this.#effects = true
  }

  /** Why it is not worth keeping; nothing where it is. */
  nothingOf(failure: unknown): string | undefined {
    if (!this.#any) return 'Nothing was recorded, so no cassette was written.'
    if (this.#answers > 0 && this.#answers === this.#refused) {
      return 'No cassette was written: all it would hold is that the provider refused the key.'
    }
    if (failure !== undefined && this.#answers === 0 && !this.#effects) {
      return 'No cassette was written: the run failed before a model or a tool had answered.'
    }
    return undefined
  }
}

const isRefusal = ({ status, error }: Interaction['response']): boolean =>
  status === 401 || status === 403 || error?.code === 'model-auth' || error?.code === 'missing-key'
