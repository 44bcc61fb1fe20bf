import type { Anchors } from './yaml-write.ts'

/** A text shorter than this is easier to read twice than to look up. */
const shortest = 48

/**
 * Names for what was said. An answer comes back in the next request, and a tool's result with it: each is written where
 * it was said, under a name like `said-3`, and repeated by that name (an anchor and its aliases, as YAML has them).
 */
export type Names = {
  readonly isKnown: (text: string) => boolean
  /** Repeats what is known, and writes the rest out. */
  readonly repeating: Anchors
  /** Repeats what is known, and gives the rest names that begin so. */
  readonly naming: (name: string) => Anchors
}

export const namesOf = (): Names => {
  const known = new Map<string, string>()
  const repeating: Anchors = text => {
    const name = text.length < shortest ? undefined : known.get(text)
    return name === undefined ? '' : `*${name}`
  }
  return {
    isKnown: text => known.has(text),
    repeating,
    naming: name => {
      let given = 0
      return text => {
        if (text.length < shortest || known.has(text)) return repeating(text)
        given += 1
        const whole = given === 1 ? name : `${name}.${given}`
        known.set(text, whole)
        return `&${whole} `
      }
    },
  }
}

/** The interaction in which a name was given. */
export const givenIn = (name: string): number | undefined => {
  const id = /^[a-z]+-(-?\d+)(?:\.\d+)?$/.exec(name)?.[1]
  return id === undefined ? undefined : Number(id)
}
