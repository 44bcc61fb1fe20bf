import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** A field of a form: what it is called, what may be typed or chosen, and what comes of it. */
export type Field = {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Something is typed, or one of `choices` is taken, or several of them are. */
  readonly kind: 'text' | 'one' | 'several'
  readonly choices: readonly Choice[]
  readonly isNeeded: boolean
  /** What stands where nothing is said. */
  readonly preset: Json | undefined
  /** `Project (needed)`, with what it means and what may be chosen, over several lines. */
  readonly prompt: string
  /** The value of what was typed; nothing for an empty line where that may be. Throws a sentence for what does not fit. */
  readonly read: (typed: string) => Json | undefined
  /** The value of what was chosen; nothing for no choice where that may be. Throws a sentence for what does not fit. */
  readonly take: (chosen: readonly Json[]) => Json | undefined
}

export type Choice = { readonly value: Json; readonly title: string }

/** The fields of a form's schema, in its order. */
export const fieldsOf = (schema: JsonObject): readonly Field[] => {
  const { properties, required } = schema
  const needed: readonly Json[] = Array.isArray(required) ? required : []
  return Object.entries(properties !== undefined && isJsonObject(properties) ? properties : {}).map(([name, value]) =>
    fieldOf(name, isJsonObject(value) ? value : {}, needed.includes(name)),
  )
}

const fieldOf = (name: string, schema: JsonObject, isNeeded: boolean): Field => {
  const { title = name, description = '', default: preset, type } = schema
  const choices = choicesIn(schema)
  const isList = type === 'array'
  const offered = type === 'boolean' && choices.length === 0 ? yesOrNo : choices
  const one = (typed: string) => (choices.length > 0 ? chosen(typed, choices) : typedValue(typed, schema))
  const whole = (values: readonly Json[]): Json | undefined => (isList ? listOf(values, schema) : values[0])
  const common = { name, title: shown(title), description: shown(description), isNeeded, preset }
  return {
    ...common,
    kind: offered.length === 0 ? 'text' : isList ? 'several' : 'one',
    choices: offered,
    prompt: promptOf({ ...common, choices, isList }),
    read(typed) {
      const text = typed.trim()
      if (text === '' && preset !== undefined) return preset
      if (text === '') return nothing(isNeeded)
      return isList ? whole(text.split(',').map(each => one(each.trim()))) : one(text)
    },
    take: values => (values.length === 0 ? nothing(isNeeded) : whole(values)),
  }
}

const yesOrNo: readonly Choice[] = [
  { value: true, title: 'yes' },
  { value: false, title: 'no' },
]

const nothing = (isNeeded: boolean): undefined => {
  if (isNeeded) throw new Error('This is needed.')
}

const promptOf = ({
  title,
  description,
  isNeeded,
  preset,
  choices,
  isList,
}: Pick<Field, 'title' | 'description' | 'isNeeded' | 'preset' | 'choices'> & { readonly isList: boolean }): string => {
  const hints = [
    ...(isNeeded ? ['needed'] : []),
    ...(preset === undefined ? [] : [`empty: ${shown(preset)}`]),
    ...(isList ? ['several, with commas between'] : []),
  ]
  return [
    `${title}${hints.length > 0 ? ` (${hints.join('; ')})` : ''}`,
    ...(description === '' ? [] : [`  ${description}`]),
    ...choices.map((choice, index) => `  ${index + 1}. ${choice.title}`),
  ].join('\n')
}

/** A value as a person reads it. */
export const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The ways in which a choice is written: words, words with titles, and either of them in a list. */
const choicesIn = (schema: JsonObject): readonly Choice[] => {
  const { items, oneOf, anyOf, enum: words, enumNames } = schema
  if (items !== undefined && isJsonObject(items)) return choicesIn(items)
  const titled = [oneOf, anyOf].map(titledIn).find(list => list.length > 0)
  if (titled) return titled
  if (!Array.isArray(words)) return []
  const names = Array.isArray(enumNames) ? (enumNames as readonly Json[]) : []
  return (words as readonly Json[]).map((value, index) => ({ value, title: shown(names[index] ?? value) }))
}

/** Of several types that a value may have, none is a choice. */
const titledIn = (list: Json | undefined): readonly Choice[] =>
  Array.isArray(list)
    ? (list as readonly Json[]).flatMap(one =>
        isJsonObject(one) && one['const'] !== undefined
          ? [{ value: one['const'], title: shown(one['title'] ?? one['const']) }]
          : [],
      )
    : []

const chosen = (typed: string, choices: readonly Choice[]): Json => {
  const found = choices.find(({ value, title }, index) => [String(index + 1), shown(value), title].includes(typed))
  if (found) return found.value
  throw new Error(`Choose one of ${choices.map(({ title }) => title).join(', ')}, or its number.`)
}

const typedValue = (typed: string, schema: JsonObject): Json => {
  const read = readers[String(schema['type'])]
  return read ? read(typed, schema) : typed
}

const within = (amount: number, [least, most]: readonly (Json | undefined)[], what: string): void => {
  if (typeof least === 'number' && amount < least) throw new Error(`${what} is at least ${least}.`)
  if (typeof most === 'number' && amount > most) throw new Error(`${what} is at most ${most}.`)
}

const numberOf = (typed: string, { minimum, maximum }: JsonObject): number => {
  const value = Number(typed)
  if (!Number.isFinite(value)) throw new Error('Type a number.')
  within(value, [minimum, maximum], 'The number')
  return value
}

const readers: Readonly<Record<string, (typed: string, schema: JsonObject) => Json>> = {
  string: (typed, { minLength, maxLength, format }) => {
    within(typed.length, [minLength, maxLength], 'The number of letters')
    const form = formats[String(format)]
    if (form && !form.pattern.test(typed)) throw new Error(`Type ${form.words}.`)
    return typed
  },
  number: numberOf,
  integer: (typed, schema) => {
    const value = numberOf(typed, schema)
    if (!Number.isInteger(value)) throw new Error('Type a whole number.')
    return value
  },
  boolean: typed => {
    const value = { y: true, yes: true, true: true, n: false, no: false, false: false }[typed.toLowerCase()]
    if (value === undefined) throw new Error('Type yes or no.')
    return value
  },
  object: typed => jsonOf(typed),
}

const jsonOf = (typed: string): Json => {
  try {
    return JSON.parse(typed)
  } catch {
    throw new Error('Type JSON, such as {"name": "Ann"}.')
  }
}

const formats: Readonly<Record<string, { readonly pattern: RegExp; readonly words: string }>> = {
  email: { pattern: /^[^\s@]+@[^\s@]+$/, words: 'an address such as ann@example.com' },
  uri: { pattern: /^[a-z][a-z0-9+.-]*:\S+$/i, words: 'an address such as https://example.com' },
  date: { pattern: /^\d{4}-\d\d-\d\d$/, words: 'a date such as 2025-12-24' },
  'date-time': { pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d/, words: 'a time such as 2025-12-24T18:00:00Z' },
}

const listOf = (values: readonly Json[], { minItems, maxItems }: JsonObject): Json => {
  within(values.length, [minItems, maxItems], 'The number of choices')
  return values
}
