export type Operator = 'd' | 'c' | 'y'

export type Motion = { readonly name: string; readonly char?: string }

/** What an operator works on: a motion, an object such as `i(`, or whole lines. */
export type Target =
  | { readonly type: 'motion'; readonly motion: Motion }
  | { readonly type: 'object'; readonly isAround: boolean; readonly object: string }
  | { readonly type: 'lines' }

/** A whole command. `count` is absent where none was said. */
export type Command = { readonly count?: number } & (
  | { readonly type: 'motion'; readonly motion: Motion }
  | { readonly type: 'operator'; readonly operator: Operator; readonly target: Target }
  | { readonly type: 'select'; readonly isAround: boolean; readonly object: string }
  | { readonly type: 'plain'; readonly name: string; readonly char?: string }
)

const motions = 'hljkwWbBeE0^_$G;,{}%'
const finding = 'fFtT'
const afterG = 'geE'
const objects = 'wWp"\'`()[]{}<>bB'
const plain = 'xXsSDCYpPuJ~.iaIAoOvVr/'
const plainSelected = 'dxcsyXDCSYpPuU~JovVr'

/** Counts beyond this are a mistake. */
const mostTimes = 9999

/** What the keys mean: a command, nothing, or nothing yet. Those with a name stand in angle brackets, such as `<ctrl+r>`. */
export const parsed = (keys: readonly string[], isSelecting: boolean): Command | 'unfinished' | undefined => {
  const reader = readerOf(keys)
  const count = reader.number()
  const name = reader.next()
  if (name === undefined) return 'unfinished'
  const times = count === undefined ? {} : { count }
  if (name === '<ctrl+r>') return { type: 'plain', name: 'redo' }
  if ((isSelecting ? plainSelected : plain).includes(name)) {
    if (name !== 'r') return { ...times, type: 'plain', name }
    const char = charOf(reader.next())
    return char === undefined || char === 'unfinished' ? char : { ...times, type: 'plain', name, char }
  }
  if (isSelecting && (name === 'i' || name === 'a')) {
    const object = objectAfter(reader, name)
    return typeof object === 'object' ? { ...times, ...object, type: 'select' } : object
  }
  if (name === 'd' || name === 'c' || name === 'y') return operated(reader, name, count)
  const motion = motionFrom(reader, name)
  return typeof motion === 'object' ? { ...times, type: 'motion', motion } : motion
}

type Reader = { readonly next: () => string | undefined; readonly number: () => number | undefined }

const readerOf = (keys: readonly string[]): Reader => {
  let at = 0
  return {
    next: () => keys[at++],
    number: () => {
      let digits = ''
      // 0 alone is a motion.
      while (/^\d$/.test(keys[at] ?? '') && (digits !== '' || keys[at] !== '0')) digits += keys[at++]
      return digits === '' ? undefined : Math.min(Number(digits), mostTimes)
    },
  }
}

/** `2d3w` deletes six words. */
const operated = (
  reader: Reader,
  operator: Operator,
  first: number | undefined,
): Command | 'unfinished' | undefined => {
  const second = reader.number()
  const name = reader.next()
  if (name === undefined) return 'unfinished'
  const count = first === undefined && second === undefined ? undefined : (first ?? 1) * (second ?? 1)
  const target = targetFrom(reader, operator, name)
  if (typeof target !== 'object') return target
  return { type: 'operator', operator, target, ...(count !== undefined && { count: Math.min(count, mostTimes) }) }
}

const targetFrom = (reader: Reader, operator: Operator, name: string): Target | 'unfinished' | undefined => {
  if (name === operator) return { type: 'lines' }
  if (name === 'i' || name === 'a') {
    const object = objectAfter(reader, name)
    return typeof object === 'object' ? { ...object, type: 'object' } : object
  }
  const motion = motionFrom(reader, name)
  return typeof motion === 'object' ? { type: 'motion', motion } : motion
}

const objectAfter = (reader: Reader, name: 'i' | 'a') => {
  const object = reader.next()
  if (object === undefined) return 'unfinished'
  return objects.includes(object) ? { isAround: name === 'a', object } : undefined
}

const motionFrom = (reader: Reader, name: string): Motion | 'unfinished' | undefined => {
  if (motions.includes(name)) return { name }
  if (finding.includes(name)) {
    const char = charOf(reader.next())
    return char === undefined || char === 'unfinished' ? char : { name, char }
  }
  if (name !== 'g') return undefined
  const second = reader.next()
  if (second === undefined) return 'unfinished'
  return afterG.includes(second) ? { name: `g${second}` } : undefined
}

/** A key that stands for itself. */
const charOf = (key: string | undefined): string | 'unfinished' | undefined => {
  if (key === undefined) return 'unfinished'
  if (key === '<enter>') return '\n'
  return key.length > 2 && /^<.*>$/.test(key) ? undefined : key
}
