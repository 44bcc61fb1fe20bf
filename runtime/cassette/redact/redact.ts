import { isJsonObject, type Json } from '../../core/json.ts'
import { applied, type Edit, merged } from './edit.ts'
import { type ExtraRules, extraOf } from './extra.ts'
import { type FolderMarks, type Folders, folderMarks, sliceMark, withFolders } from './folders.ts'
import { type Restorer, restoring } from './restore.ts'
import { type Secrets, secretsOf } from './secrets.ts'
import { type Range, viewsInBody } from './views.ts'

/**
 * Makes texts fit to be written down. The same text gives the same result in each run, whatever was seen before, so
 * that what is asked in a replay is compared as it was recorded. What is redacted may be redacted again: secrets stay
 * placeholders. Places must be put back before: a placeholder of a place that stands in a text counts as its own words.
 */
export type Redactor = {
  /** For logs, errors, URLs, and any other text, also JSON. */
  text(text: string): string
  /** Keys and values of requests, tool inputs, results. */
  json(value: Json): Json
  /** A reply's body: JSON, or a stream, whose pieces are looked at together. What is not redacted keeps its bytes. */
  body(text: string): string
  /** A body that is no text, or was cut in the middle of a letter. Secrets only: places in it would not be put back. */
  bytes(bytes: Uint8Array): Uint8Array
}

export type RedactorFacts = {
  /** Credentials by the names that shall stand for them. */
  readonly secrets: Readonly<Record<string, string>>
  readonly home: string
  readonly workingDirectory: string
  /** The places of a recording that is played back: what it shows holds them, and they mean the same. */
  readonly recorded?: Folders
  /** Of the project, and of the recording that is played back. */
  readonly extra?: readonly ExtraRules[]
}

/** A redactor for what one run can see. Places are left as they are where all are empty. */
export const redactorOf = ({ secrets, home, workingDirectory, recorded, extra = [] }: RedactorFacts): Redactor => {
  const known = secretsOf(secrets, extraOf(extra))
  const folders = folderMarks([...(recorded ? [recorded] : []), { home, workingDirectory }])
  return {
    text: text => folders.in(known.text(text)),
    json: value => redacted(value, { known, folders }, ''),
    body: text => {
      const views = rememberingOne(viewsInBody)
      return inPieces(folders.in(known.body(text, views)), { folders, views })
    },
    bytes: bytes => Buffer.from(known.body(Buffer.from(bytes).toString('latin1'), viewsInBody), 'latin1'),
  }
}

/** Secrets and places look into the same text, one after the other. What they see is ten times as large, and not kept. */
const rememberingOne = <Result>(look: (text: string) => Result): ((text: string) => Result) => {
  let last: { readonly text: string; readonly result: Result } | undefined
  return text => {
    if (last?.text !== text) last = { text, result: look(text) }
    return last.result
  }
}

type Rules = { readonly known: Secrets; readonly folders: FolderMarks }

/** What stands in a list is of the field that holds the list. */
const redacted = (value: Json, rules: Rules, name: string): Json => {
  if (typeof value === 'string') return rules.folders.in(rules.known.field(name, value))
  if (typeof value === 'number') return rules.known.number(name, value) ?? value
  if (Array.isArray(value)) return value.map(item => redacted(item, rules, name))
  if (!isJsonObject(value)) return value
  const fields = new Map<string, Json>()
  for (const [key, item] of Object.entries(value)) {
    fields.set(unused(rules.folders.in(rules.known.text(key)), fields), redacted(item, rules, key))
  }
  return Object.fromEntries(fields)
}

/** Two secrets as keys of one object have one placeholder, and both stay. */
const unused = (key: string, fields: ReadonlyMap<string, Json>, count = 1): string => {
  const name = count === 1 ? key : `${key} ${count}`
  return fields.has(name) ? unused(key, fields, count + 1) : name
}

/** Paths that a stream brought in pieces: each piece holds the mark of its slice, so that it comes back as it was cut. */
const inPieces = (text: string, { folders, views }: { folders: FolderMarks; views: typeof viewsInBody }): string => {
  const edits: Edit[] = []
  for (const view of views(text)?.views ?? []) {
    if (view.kind !== 'joined') continue
    for (const place of folders.found(view.text)) {
      const ranges = view.ranges(place.start, place.end)
      if (ranges.length > 1) edits.push(...ranges.flatMap(range => slice(text, view.text, { range, place })))
    }
  }
  return applied(text, merged(edits))
}

type Slice = {
  readonly range: Range
  readonly place: { readonly start: number; readonly end: number; readonly name: string }
}

/** Letters that are escaped where they stand stay as they are: the way back could not write them so. */
const slice = (outside: string, inside: string, { range: { start, end, from, to }, place }: Slice): Edit[] => {
  if (outside.slice(start, end) !== inside.slice(from, to)) return []
  const last = to === place.end ? undefined : to - place.start
  return [{ start, end, text: sliceMark(place.name, from - place.start, last), strength: 0 }]
}

/** Puts places for those of a recording that has no placeholders, also where a stream brings them in pieces. */
export const moverOf = (recorded: Folders, now: Folders): Restorer => {
  const folders = folderMarks([recorded])
  return restoring(text => withFolders(inPieces(folders.in(text), { folders, views: viewsInBody }), now))
}
