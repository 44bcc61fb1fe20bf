import { applied, type Edit } from './edit.ts'
import { type Extra, extraOf } from './extra.ts'
import { type Finder, finderOf } from './find.ts'
import { remembering } from './memory.ts'
import { valuesOf } from './values.ts'
import type { Views } from './views.ts'

export type Secrets = {
  readonly text: (text: string) => string
  /** `views` is viewsInBody, or one that remembers. */
  readonly body: (text: string, views: (text: string) => Views | undefined) => string
  /** The value of a field: its name may tell what the value is. */
  readonly field: (name: string, value: string) => string
  /** The placeholder of a number that is a secret. */
  readonly number: (name: string, value: number) => string | undefined
}

/** Puts placeholders for secrets until none is found any more. */
export const secretsOf = (known: Readonly<Record<string, string>>, extra: Extra): Secrets => {
  const values = valuesOf(known)
  const finder = finderOf(values, extra)
  const text = remembering((text: string) => untilStable(text, finder.inText))
  return {
    text,
    body: (text, views) => untilStable(text, now => finder.inBody(now, views(now))),
    field: (name, value) =>
      finder.isOrdinary(name, value) && text(value) === value
        ? value
        : untilStable(value, now => finder.inField(name, now)),
    number: (name, value) => values.exactly(`${value}`) ?? extra.forNumber(name),
  }
}

/** What is changed may show what was hidden, once or twice; only a text made for it would go on for ever. */
const rounds = 10

const untilStable = (text: string, find: (text: string) => readonly Edit[], round = 1): string => {
  const edits = find(text)
  if (edits.length === 0) return text
  const changed = applied(text, edits)
  return round === rounds ? changed : untilStable(changed, find, round + 1)
}

/** Credentials that a text shows by the field that holds them, or by their shape, each with the name of what it is. */
export const secretsShownIn = (text: string): { readonly name: string; readonly value: string }[] =>
  byShape()
    .inText(text)
    .map(({ start, end, text: placeholder }) => ({ name: nameIn(placeholder), value: text.slice(start, end) }))

let finder: Finder | undefined
/** One for all texts: it knows no secrets, only patterns, and those take long to make. */
const byShape = (): Finder => {
  finder ??= finderOf(valuesOf({}), extraOf([]))
  return finder
}

const nameIn = (placeholder: string): string => placeholder.slice('${secret:'.length, -1)
