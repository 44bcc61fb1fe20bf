import type { OpenCassette } from '../file/file.ts'
import { itemLines, type Lines } from '../file/item-lines.ts'
import type { Redactor } from '../redact/redact.ts'
import { cleaned, cleanedHeader, type Finding, findingsBetween } from './check.ts'

/** A credential in a file: where it stands there (both counted from 1), of which kind, and never the credential itself. */
export type Found = {
  readonly line: number
  readonly column: number
  readonly what: string
  /** The interaction and the field that hold it; absent in files that are no cassettes. */
  readonly id?: number
  readonly where?: string
}

/**
 * Every credential in a cassette, once, though later requests repeat it. `text` is the file; give a redactor without
 * places. What stands there in a form that no line shows (base64, several pieces) is told at the beginning of its item.
 */
export const foundInCassette = (cassette: OpenCassette, text: string, redactor: Redactor): Found[] => {
  const lines = text.split('\n')
  const items = itemLines(lines)
  const first = items.values().next().value?.from ?? lines.length
  const seen = new Set<string>()
  const header = { from: 0, to: first }
  const inHeader = findingsBetween(cassette.header, cleanedHeader(cassette.header, redactor))
  return [
    ...placed(inHeader, { lines, range: header, seen, redactor }),
    ...cassette.entries.flatMap(({ id }) => {
      const interaction = cassette.load(id)
      const findings = findingsBetween(interaction, cleaned(interaction, redactor))
      if (findings.length === 0) return []
      const range = items.get(id) ?? { from: 0, to: lines.length }
      return placed(findings, { lines, range, seen, redactor }).map(found => ({ ...found, id }))
    }),
  ]
}

/** Every credential that a line of any text shows. */
export const foundInText = (text: string, redactor: Redactor): Found[] =>
  text.split('\n').flatMap((line, at) => shownIn(line, redactor).map(shown => ({ ...shown, line: at + 1 })))

type Placing = {
  readonly lines: readonly string[]
  readonly range: Lines
  /** What was told before, in words, to know it again where it is repeated. */
  readonly seen: Set<string>
  readonly redactor: Redactor
}

const placed = (findings: readonly Finding[], { lines, range, seen, redactor }: Placing): Found[] => {
  if (findings.length === 0) return []
  const sections = sectionsIn(lines, range)
  const shown = [...sections].flatMap(([at, section]) =>
    shownIn(lines[at] ?? '', redactor).map(one => ({ ...one, section, line: at + 1 })),
  )
  const found = findings.flatMap(({ what, where, around }): Found[] => {
    const section = sectionOf(where)
    const at = shown.findIndex(one => one.what === what && one.section === section)
    const name = `${what} ${around}`
    const isKnown = seen.has(name)
    seen.add(name)
    if (at !== -1) return shown.splice(at, 1).map(({ line, column }) => ({ line, column, what, where }))
    return isKnown ? [] : [{ line: lineOf(section, sections, range), column: 1, what, where }]
  })
  return found.sort((one, other) => one.line - other.line || one.column - other.column)
}

/** The part of an item, or the field of a header, that holds a place: `request`, `response.said`, `agent`. */
const sectionOf = (where: string): string => {
  const [first = '', second = ''] = where.split(/[.[]/)
  return first === 'response' ? `${first}.${second}` : first
}

/** The section of each line, by its number. What stands below a key is indented further, whatever it is. */
const sectionsIn = (lines: readonly string[], { from, to }: Lines): Map<number, string> => {
  const sections = new Map<number, string>()
  let above: { readonly indent: number; readonly key: string }[] = []
  for (let at = from; at < to; at++) {
    const [, blanks = '', key] = /^([ -]*)"?([\w-]+)"?:(?: |$)/.exec(lines[at] ?? '') ?? []
    if (key !== undefined)
      above = [...above.filter(({ indent }) => indent < blanks.length), { indent: blanks.length, key }]
    sections.set(at, sectionOf(above.map(({ key }) => key).join('.')))
  }
  return sections
}

/** The first line of a section, or else of the item. */
const lineOf = (section: string, sections: ReadonlyMap<number, string>, { from }: Lines): number =>
  ([...sections].find(([, one]) => one === section)?.[0] ?? from) + 1

const placeholders = /\$\{secret:([\w.:-]+)\}/g

/** What a line shows, by the placeholders that would stand in it: each stands behind the same words as in the line. */
const shownIn = (line: string, redactor: Redactor): { column: number; what: string }[] => {
  const clean = redactor.text(line)
  if (clean === line) return []
  let at = 0
  let end = 0
  return [...clean.matchAll(placeholders)].flatMap(({ index, 0: placeholder, 1: what = '' }) => {
    const before = clean.slice(end, index)
    const found = line.indexOf(before, at)
    at = found === -1 ? at : found + before.length
    end = index + placeholder.length
    if (!line.startsWith(placeholder, at)) return [{ column: at + 1, what }]
    at += placeholder.length
    return []
  })
}
