import { isOfUser, type Message, textOf } from '../core/message.ts'
import type { Model } from '../core/model.ts'

/** A model for requests that resemble these. */
export type Route = { readonly model: Model; readonly examples: readonly string[] }

/**
 * The model whose examples are most like what the user said last, or `other` where none has a word in common with it. It is
 * cagent's rule, with a measure of ours: of all examples the one that shares the rarest words, as they are counted in all
 * examples, for its length. The same words lead to the same model in every run.
 */
export const routed = (routes: readonly Route[], other: Model): Model => {
  const place = placesIn(routes.map(({ examples }) => examples))
  return (request, signal) => {
    const { model } = routes[place(lastWords(request.messages)) ?? -1] ?? { model: other }
    return model(request, signal)
  }
}

type Example = { readonly route: number; readonly words: ReadonlySet<string> }

/** The index of the list whose examples a text resembles most; the first of those that do so equally. */
const placesIn = (lists: readonly (readonly string[])[]): ((text: string) => number | undefined) => {
  const all = lists.flatMap((examples, route) =>
    examples.map((text): Example => ({ route, words: new Set(wordsOf(text)) })),
  )
  const rarity = (word: string): number => {
    const holding = all.filter(({ words }) => words.has(word)).length
    return holding === 0 ? 0 : Math.log(1 + all.length / holding)
  }
  return text => {
    const said = [...new Set(wordsOf(text))]
    const score = ({ words }: Example): number =>
      said.reduce((sum, word) => sum + (words.has(word) ? rarity(word) : 0), 0) / Math.sqrt(words.size || 1)
    let best: { route: number; score: number } | undefined
    for (const example of all) {
      const one = score(example)
      if (one > (best?.score ?? 0)) best = { route: example.route, score: one }
    }
    return best?.route
  }
}

/** What a person said last, or the task that a member was given. */
const lastWords = (messages: readonly Message[]): string => {
  const last = messages.findLast(isOfUser)
  const text = last ? textOf(last.content) : ''
  return /^You are a member of a team of agents\.[\s\S]*?<task>\n([\s\S]*?)\n<\/task>/.exec(text)?.[1] ?? text
}

const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter(word => !empty.has(word)).map(stem)

/** Words that say nothing of what somebody wants. */
const empty: ReadonlySet<string> = new Set(
  'a an and are as at be but by can could do does for from has have how i if in into is it its me my of on or please should so some that the their them then there these they this to us was we what when where which who will with would you your'.split(
    ' ',
  ),
)

/** Endings of English words, taken off where enough is left: `writing` and `writes` are `writ`. */
const stem = (word: string): string => word.replace(/(?<=\p{L}{3})(ings?|ed|es|e|s)$/u, '')
