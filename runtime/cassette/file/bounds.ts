/** A recording of others is read whole, so it must not be larger than this, in bytes, packed or unpacked. */
export const largest: number = 64 * 1024 * 1024

/** Lists in maps in lists: more of them, one in the other, than any honest recording has. */
const deepest = 200

/** Thrown for a file that is not read, such as one that holds too much. The message says why, as the end of a sentence. */
export class Refused extends Error {}

export const refuseLarge = (size: number): void => {
  if (size > largest) throw new Refused(`it is larger than ${largest / 1024 / 1024} MB`)
}

/** Before JSON is parsed: brackets alone could fill the memory. */
export const refuseDeep = (text: string): void => {
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (isQuoted) {
      if (unit === backslash) at++
      else if (unit === quote) isQuoted = false
    } else if (unit === quote) isQuoted = true
    else if (unit === openList || unit === openMap) {
      depth++
      if (depth > deepest) throw tooDeep()
    } else if (unit === closeList || unit === closeMap) depth--
  }
}

const [quote, backslash, openList, openMap, closeList, closeMap] = Array.from('"\\[{]}', letter => letter.charCodeAt(0))

const tooDeep = (): Refused => new Refused(`it is nested more than ${deepest} deep`)

/**
 * After YAML is parsed: an alias costs nothing there, and each reader after it pays for all that it stands for. `size` is
 * that of the file in bytes.
 */
export const refuseExpanded = (value: unknown, size: number): void => {
  let left = 4 * Math.max(size, largest / 4)
  const walk = (value: unknown, depth: number): void => {
    left -= typeof value === 'string' ? value.length + 1 : 1
    if (left < 0) throw new Refused('its aliases stand for more text than is read')
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
    if (depth === deepest) throw tooDeep()
    for (const item of Array.isArray(value) ? value : Object.values(value)) walk(item, depth + 1)
  }
  walk(value, 0)
}
