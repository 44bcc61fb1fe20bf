import { isJsonObject, type Json } from '../../core/json.ts'
import type { Turn as ToldTurn } from '../../core/protocol.ts'
import { canonical, canonicalText } from '../match/canonical.ts'

/** A call whose result is not known yet. */
export type Waiting = { readonly name: string; answer: (text: Json) => void }

/** What a request says for the first time: the user's words, and results with the calls that they answer. */
export type Told = {
  readonly messages: readonly Json[]
  readonly results: readonly { readonly call: Waiting; readonly content: Json }[]
  readonly turns: readonly string[]
}

type Earlier = { readonly turns: readonly string[]; readonly waiting: readonly Waiting[] }

/** So many earlier requests are looked at: conversations interleave, but not without end. */
const most = 64

/** What recordings without tool calls and messages tell of them: each request repeats what came before, and is new from there. */
export class Heard {
  readonly #earlier: Earlier[] = []

  newIn(turns: readonly ToldTurn[]): Told {
    const texts = turns.map(turn => canonicalText(canonical(turn as unknown as Json, undefined)))
    const base = this.#continued(texts)
    const fresh = turns.slice(base?.turns.length ?? 0)
    const waiting = [...(base?.waiting ?? [])]
    const results = fresh.filter(({ role }) => role === 'tool').flatMap(({ content }) => [content].flat() as Json[])
    return {
      messages: fresh.filter(({ role }) => role === 'user').map(({ content }) => only(content)),
      results: results.flatMap(result => {
        const call = waiting.shift()
        return call ? [{ call, content: textOf(result) }] : []
      }),
      turns: texts,
    }
  }

  answered({ turns }: Told, waiting: readonly Waiting[]): void {
    this.#earlier.push({ turns, waiting })
    if (this.#earlier.length > most) this.#earlier.shift()
  }

  /** The longest request that this one begins with, the latest of equals. */
  #continued(texts: readonly string[]): Earlier | undefined {
    return this.#earlier
      .filter(({ turns }) => turns.length < texts.length && turns.every((text, at) => text === texts[at]))
      .reduce<Earlier | undefined>(
        (best, one) => (best && best.turns.length > one.turns.length ? best : one),
        undefined,
      )
  }
}

const only = (content: Json): Json => (Array.isArray(content) && content.length === 1 ? (content[0] as Json) : content)

const textOf = (result: Json): Json => {
  if (!isJsonObject(result)) return result
  return result['text'] ?? result['response'] ?? result
}
