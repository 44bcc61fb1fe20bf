import { applied, type Edit, merged, outsidePlaceholders } from './redact-edit.ts'
import { fieldEdits, fieldsIn } from './redact-fields.ts'
import { basicIn, encodedIn, framesIn } from './redact-frames.ts'
import { shapesOf } from './redact-shapes.ts'
import { valuesOf } from './redact-values.ts'
import { type View, type Views, viewsIn } from './redact-views.ts'

/** Fewer letters are no secret that could be told from a word. */
const shortest = 6
/** JSON in a string of JSON in base64 is as far as people go. */
const deepest = 5
/** What was found in the pieces of a stream together tells more than what was found in one. */
const together = 10

export type Secrets = {
  readonly text: (text: string) => string
  /** The value of a field: its name may tell what the value is. */
  readonly field: (name: string, value: string) => string
  /** The placeholder of a number that is a secret. */
  readonly number: (value: number) => string | undefined
}

/**
 * Puts placeholders for secrets, by value, by the field that holds them, and by shape, until nothing is found any more.
 * `outermost` is viewsIn, or one that remembers.
 */
export const secretsOf = (
  known: Readonly<Record<string, string>>,
  outermost: (text: string) => Views | undefined,
): Secrets => {
  const values = valuesOf(known)
  const shapes = shapesOf()

  const plain = (text: string, depth: number): Edit[] => [
    ...values.in(text),
    ...shapes(text),
    ...framesIn(text),
    ...basicIn(text),
    ...fieldsIn(text),
    ...(depth < deepest ? encodedIn(text, decoded => find(decoded, depth + 1)) : []),
  ]

  const inView = (view: View, depth: number): Edit[] => {
    if (view.kind === 'number') return quoted(view, values.exactly(view.text))
    const edits =
      view.kind === 'value'
        ? ofField(view.key, view.text, depth)
        : isOpaque(view.key, view.text)
          ? values.in(view.text)
          : find(view.text, depth)
    const strength = view.kind === 'joined' ? together : 0
    return edits.flatMap(edit =>
      view.ranges(edit.start, edit.end).map(({ start, end }, piece) => ({
        start,
        end,
        text: piece === 0 ? edit.text : '',
        strength: edit.strength + strength,
      })),
    )
  }

  const look = (text: string, depth: number): readonly Edit[] => {
    const inside = depth === 0 ? outermost(text) : depth < deepest ? viewsIn(text) : undefined
    if (!inside) return outsidePlaceholders(text, merged(plain(text, depth)))
    const between = inside.gaps.flatMap(({ start, end }) =>
      find(text.slice(start, end), deepest).map(edit => moved(edit, start)),
    )
    return outsidePlaceholders(text, merged([...between, ...inside.views.flatMap(view => inView(view, depth + 1))]))
  }

  // The events of a stream say the same words again and again.
  const words = remembering((text: string) => look(text, deepest - 1))
  const find = (text: string, depth: number): readonly Edit[] => {
    if (text.length < shortest) return []
    return text.length < 100 && depth > 0 ? words(text) : look(text, depth)
  }

  const ofField = (name: string, value: string, depth: number): readonly Edit[] => {
    const edits = isOpaque(name, value) ? values.in(value) : find(value, depth)
    return outsidePlaceholders(value, merged([...edits, ...fieldEdits(name, value)]))
  }

  const text = remembering(text => untilStable(text, now => find(now, 0)))
  return {
    text,
    field: (name, value) =>
      isOpaque(name, value) || fieldEdits(name, value).length > 0
        ? untilStable(value, now => ofField(name, now, 0))
        : text(value),
    number: value => values.exactly(`${value}`),
  }
}

/** What is changed may show what was hidden; each round leaves less that is no placeholder, so it comes to an end. */
const untilStable = (text: string, find: (text: string) => readonly Edit[]): string => {
  const edits = find(text)
  return edits.length === 0 ? text : untilStable(applied(text, edits), find)
}

/** A conversation says the same again with each request, and the names of fields are few. */
const remembering = <Result>(redact: (text: string) => Result): ((text: string) => Result) => {
  const known = new Map<string, Result>()
  let letters = 0
  return text => {
    const remembered = known.get(text)
    if (remembered !== undefined) return remembered
    if (letters > most) known.clear()
    letters = known.size === 0 ? text.length : letters + text.length
    const found = redact(text)
    known.set(text, found)
    return found
  }
}
const most = 4_000_000

const moved = (edit: Edit, by: number): Edit => ({ ...edit, start: edit.start + by, end: edit.end + by })

const quoted = ({ text, ranges }: View, placeholder: string | undefined): Edit[] =>
  placeholder === undefined
    ? []
    : ranges(0, text.length).map(({ start, end }) => ({ start, end, text: `"${placeholder}"`, strength: 3 }))

/** Signatures, encrypted reasoning, padding and media look like anything: there only known secrets are looked for. */
const isOpaque = (key: string, text: string): boolean =>
  /^(signature|thought_?signature|encrypted_(content|index)|obfuscation|p|b64_json|partial_image_b64)$/i.test(key) ||
  (/^(data|file_data|image_url|url|result|blob)$/.test(key) &&
    text.length > 200 &&
    /^(data:[\w/+.-]+;base64,)?[A-Za-z0-9+/_=-]+$/.test(text))
