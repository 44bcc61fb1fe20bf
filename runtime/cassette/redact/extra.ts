import type { CassetteHeader } from '../../core/cassette.ts'
import { type Edit, matchesIn, placeholder } from './edit.ts'

/** What a project knows of its own credentials: their forms, by name, and the fields that hold them. */
export type ExtraRules = NonNullable<CassetteHeader['redaction']>

export type Extra = {
  readonly inText: (text: string) => Edit[]
  readonly inField: (name: string, value: string) => Edit[]
  /** What stands for a number in a field of that name. */
  readonly forNumber: (name: string) => string | undefined
}

/** Rules of several places, as one. A pattern that is no expression is left out: who wrote it was told. */
export const extraOf = (all: readonly ExtraRules[]): Extra => {
  const names = new Set(all.flatMap(({ fields = [] }) => fields.map(plain)))
  const patterns = all.flatMap(({ patterns = {} }) =>
    Object.entries(patterns).flatMap(([name, source]) =>
      compiled(source).map(pattern => ({ text: placeholder(name), pattern })),
    ),
  )
  const assigned = assignmentOf(all.flatMap(({ fields = [] }) => fields))
  return {
    inText: text => [
      ...patterns.flatMap(one => matchesIn(text, one.pattern).flatMap(match => editOf(match, one.text))),
      ...(assigned ? matchesIn(text, assigned).flatMap(assignedIn) : []),
    ],
    inField: (name, value) => (names.has(plain(name)) && isValue(value) ? [whole(name, value)] : []),
    forNumber: name => (names.has(plain(name)) ? placeholder(plain(name)) : undefined),
  }
}

const compiled = (source: string): RegExp[] => {
  try {
    return [new RegExp(source, 'g')]
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** As fields are written here and there: `apiPin`, `api_pin`, `Api-Pin`. */
const plain = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase()

const whole = (name: string, value: string): Edit => ({
  start: 0,
  end: value.length,
  text: placeholder(plain(name)),
  strength: 2,
})

const isValue = (value: string): boolean => value !== '' && !/^\$\{[^}]*\}$/.test(value)

/** A pattern may match nothing, as `x*` does: that is no credential. */
const editOf = ({ index: start, 0: found }: RegExpExecArray, text: string): Edit[] =>
  found === '' ? [] : [{ start, end: start + found.length, text, strength: 2 }]

const quote = String.raw`\\*["'${'`'}]?`

/** Settings, headers, queries and pieces of JSON: a name, what stands between, and a value without blanks. */
const assignmentOf = (fields: readonly string[]): RegExp | undefined => {
  if (fields.length === 0) return undefined
  const names = fields.map(field => plain(field).replaceAll('-', '[-_ ]?')).join('|')
  return new RegExp(
    String.raw`(?<![A-Za-z0-9])(${names})(${quote}\s*(?:=>|[:=])\s*${quote})([^\s"'${'`'},;&<>(){}[\]|\\]+)`,
    'gi',
  )
}

const assignedIn = ({ index, 1: name = '', 2: between = '', 3: value = '' }: RegExpExecArray): Edit[] => {
  const start = index + name.length + between.length
  return isValue(value) ? [{ ...whole(name, value), start, end: start + value.length }] : []
}
