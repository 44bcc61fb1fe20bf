import type { Interaction } from '../../core/cassette.ts'

/** What a recording holds, as far as it matters for keeping it. */
export class Holdings {
  /** In the order in which they were over. */
  readonly all: Pick<Interaction, 'id' | 'lane'>[] = []
  #effects = false
  #answers = 0
  #refused = 0
  #unasked = 0

  add({ id, lane, request, response }: Interaction): void {
    this.all.push({ id, lane })
    if (/^https?:/.test(request.url) || request.protocol !== undefined) {
      this.#answers += 1
      if (isRefusal(response)) this.#refused += 1
      if (response.error?.code === 'missing-key') this.#unasked += 1
    } else if (request.method === 'CALL') this.#effects = true
  }

  /** Whether it would be kept if the run failed now. */
  get isWorthKeeping(): boolean {
    return this.nothingOf('it failed') === undefined
  }

  /** Why it is not worth keeping; nothing where it is. */
  nothingOf(failure: unknown): string | undefined {
    if (this.all.length === 0) return 'Nothing was recorded, so no cassette was written.'
    if (this.#answers > 0 && this.#answers === this.#refused) {
      return this.#unasked === this.#refused
        ? 'No cassette was written: without a key nothing was asked.'
        : 'No cassette was written: all it would hold is that the provider refused the key.'
    }
    if (failure !== undefined && this.#answers === 0 && !this.#effects) {
      return 'No cassette was written: the run failed before a model or a tool had answered.'
    }
    return undefined
  }
}

const isRefusal = ({ status, error }: Interaction['response']): boolean =>
  status === 401 || status === 403 || error?.code === 'model-auth' || error?.code === 'missing-key'
