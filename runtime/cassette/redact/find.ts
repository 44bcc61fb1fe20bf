import { urlDecoded } from './decode.ts'
import { type Edit, matchesIn, merged, outsidePlaceholders } from './edit.ts'
import type { Extra } from './extra.ts'
import { fieldEdits, fieldsIn } from './fields.ts'
import { basicIn, encodedIn, framesIn } from './frames.ts'
import { remembering } from './memory.ts'
import { shapesOf } from './shapes.ts'
import type { Values } from './values.ts'
import { type View, type Views, viewsIn } from './views.ts'

/** Fewer letters are no secret that could be told from a word. */
const shortest = 6
/** JSON in a string of JSON in base64 is as far as people go. */
const deepest = 5

export type Finder = {
  /** Whether the name of a field tells nothing of this value. */
  readonly isOrdinary: (name: string, value: string) => boolean
  readonly inText: (text: string) => readonly Edit[]
  /** In the body of a reply, which its views show. */
  readonly inBody: (text: string, views: Views | undefined) => readonly Edit[]
  /** In the value of a field: its name may tell what the value is, or that nothing in it can be told. */
  readonly inField: (name: string, value: string) => readonly Edit[]
}

/**
 * Finds secrets by value, by the field that holds them, and by shape; also in JSON, streams, URLs and base64 inside the
 * text, and what stands in those.
 */
export const finderOf = (values: Values, extra: Extra): Finder => {
  const shapes = shapesOf()

  const inPlain = (text: string): Edit[] => [
    ...values.in(text),
    ...shapes(text),
    ...framesIn(text),
    ...basicIn(text),
    ...fieldsIn(text),
    ...extra.inText(text),
  ]

  const plain = (text: string, depth: number): Edit[] => {
    if (depth >= deepest) return inPlain(text)
    return [
      ...inPlain(text),
      ...encodedIn(text, decoded => find(decoded, depth + 1)),
      ...inUrl(text, decoded => find(decoded, depth + 1)),
    ]
  }

  const look = (text: string, depth: number, inside = depth < deepest ? viewsIn(text) : undefined): readonly Edit[] => {
    if (!inside) return outsidePlaceholders(text, merged(plain(text, depth)))
    const between = inside.gaps.flatMap(({ start, end }) => moved(find(text.slice(start, end), deepest - 1), start))
    const views = inside.views.flatMap(view => outside(view, inView(view, depth + 1)))
    return outsidePlaceholders(text, merged([...between, ...views]))
  }

  // The events of a stream say the same words again and again.
  const words = remembering((text: string) => look(text, deepest - 1))
  const find = (text: string, depth: number): readonly Edit[] => {
    if (text.length < shortest) return []
    return text.length < 100 && depth > 0 ? words(text) : look(text, depth)
  }

  const inView = ({ kind, key, text }: View, depth: number): readonly Edit[] => {
    if (kind === 'number') return number(text, values.exactly(text) ?? extra.forNumber(key))
    if (kind === 'value') return ofField(key, text, depth)
    return isOpaque(key, text) ? values.in(text) : find(text, depth)
  }

  const ofField = (name: string, value: string, depth: number): readonly Edit[] => {
    const edits = isOpaque(name, value) ? outsidePlaceholders(value, values.in(value)) : find(value, depth)
    const byName = named(name, value)
    return byName.length === 0 ? edits : outsidePlaceholders(value, merged([...edits, ...byName]))
  }

  const named = (name: string, value: string): Edit[] => [...fieldEdits(name, value), ...extra.inField(name, value)]
  const isOrdinary = (name: string, value: string): boolean => !isOpaque(name, value) && named(name, value).length === 0
  return {
    isOrdinary,
    inText: text => find(text, 0),
    inBody: (text, views) => look(text, 0, views),
    inField: (name, value) => ofField(name, value, 0),
  }
}

const moved = (edits: readonly Edit[], by: number): Edit[] =>
  edits.map(edit => ({ ...edit, start: edit.start + by, end: edit.end + by }))

const inUrl = (text: string, find: (text: string) => readonly Edit[]): Edit[] => {
  if (!/%[0-9A-Fa-f]{2}/.test(text)) return []
  return matchesIn(text, /[^\s"'<>`]{8,}/g).flatMap(({ index, 0: word }) => {
    const decoded = urlDecoded(word)
    if (!decoded) return []
    const edits = find(decoded.text).map(edit => ({
      ...edit,
      start: decoded.at(edit.start),
      end: decoded.at(edit.end),
    }))
    return moved(edits, index)
  })
}

/** A number stays JSON as a string. */
const number = (text: string, placeholder: string | undefined): Edit[] =>
  placeholder === undefined ? [] : [{ start: 0, end: text.length, text: `"${placeholder}"`, strength: 3 }]

/** What the pieces of a stream say together tells more than one of them. */
const together = 10

/** Edits of a view as edits of the text around it: the placeholder stands in the first piece, the others lose their part. */
const outside = (view: View, edits: readonly Edit[]): Edit[] =>
  edits.flatMap(({ start: from, end: to, text, strength }) => {
    const pieces = view.ranges(from, to)
    return pieces.map(({ start, end, event }, index) => {
      if (index === 0) return { start, end, text, strength: strength + (view.kind === 'joined' ? together : 0) }
      // Two strings of one event, in a list, are two secrets rather than one: there the own placeholder stays.
      return { start, end, text: '', strength: event === pieces[index - 1]?.event ? 0 : together }
    })
  })

/** Signatures, encrypted reasoning, padding and media look like anything: there only known secrets are looked for. */
const isOpaque = (key: string, text: string): boolean =>
  /^(signature|thought_?signature|encrypted_(content|index)|obfuscation|p|b64_json|partial_image_b64)$/i.test(key) ||
  (/^(data|file_data|image_url|url|result|blob)$/.test(key) &&
    text.length > 200 &&
    /^(data:[\w/+.-]+;base64,)?[A-Za-z0-9+/_=-]+$/.test(text))
