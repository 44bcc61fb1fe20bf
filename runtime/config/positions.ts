import {
  type AliasEvent,
  boolCoreTag,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  type Event,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  type MappingEvent,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE_PLAIN,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from 'js-yaml'
import type { Json } from '../core/json.ts'
import type { Mistake, Problem, Span } from './diagnose.ts'
import { type Entry, mergeable, type Node } from './document.ts'
import * as say from './syntax.ts'

export type Read = { readonly root?: Node; readonly problems: readonly Problem[] }

/** Reads YAML 1.2 with merge keys; every mistake that leaves the rest readable is found in one go. */
export const readYaml = (source: string): Read => {
  const { events, text, problems } = eventsOf(source)
  const reader: Reader = { text, events, problems, anchors: new Map(), open: new Set(), next: 1 }
  const root = events[1] && events[1].type !== EVENT_POP ? nodeOf(reader) : undefined
  const second = events.findIndex(({ type }, index) => index > 0 && type === EVENT_DOCUMENT)
  if (second > 0) problems.push(say.severalDocuments(text, placeAfter(events, second)))
  if (root && !(root.type === 'scalar' && root.value === null)) return { root, problems }
  return { problems: problems.length > 0 ? problems : [say.emptyFile] }
}

const placeAfter = (events: readonly Event[], index: number): number => {
  const first = events.slice(index).find(event => 'start' in event || 'valueStart' in event)
  if (!first) return Number.POSITIVE_INFINITY
  const place = 'start' in first ? first.start : 'valueStart' in first ? first.valueStart : -1
  return place < 0 ? Number.POSITIVE_INFINITY : place
}

/** After so many mistakes of syntax nobody reads on. */
const patience = 50

/** Where a mistake has an obvious meaning, the text is read as if it were mended, so that the rest is checked too. */
const eventsOf = (source: string): { events: Event[]; text: string; problems: Problem[] } => {
  const problems: Problem[] = []
  let text = source
  let afterTab = false
  for (let round = 1; ; round++) {
    try {
      return { events: parseEvents(text, {}), text, problems }
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error
      const { problem, mended, isTab } = say.explained(error.reason, error.mark?.position ?? 0, text)
      // Tabs mixed with spaces have no width: what else is wrong then follows from them.
      if (isTab || !afterTab) problems.push(problem)
      afterTab ||= isTab
      if (mended === undefined || mended === text || round >= patience) return { events: [], text, problems }
      text = mended
    }
  }
}

/** Events are read one after the other, each once; `open` are the anchors of the nodes being read. */
type Reader = {
  readonly text: string
  readonly events: readonly Event[]
  readonly problems: Problem[]
  readonly anchors: Map<string, Node>
  readonly open: Set<string>
  next: number
}

const nodeOf = (reader: Reader): Node => {
  const event = reader.events[reader.next++]
  if (!event || event.type === EVENT_DOCUMENT || event.type === EVENT_POP) throw new Error('YAML events out of order')
  if (event.type === EVENT_ALIAS) return aliased(reader, event)
  const anchor = reader.text.slice(event.anchorStart, event.anchorEnd)
  if (event.anchorStart < 0) return ownNode(reader, event)
  reader.open.add(anchor)
  const node = ownNode(reader, event)
  reader.open.delete(anchor)
  reader.anchors.set(anchor, node)
  return node
}

const aliased = (reader: Reader, { anchorStart: start, anchorEnd: end }: AliasEvent): Node => {
  const { text, events, anchors, open } = reader
  const name = text.slice(start, end)
  const known = anchors.get(name)
  if (known && !open.has(name)) return known
  const later = events
    .slice(reader.next)
    .some(
      event =>
        event.type !== EVENT_ALIAS && 'anchorStart' in event && text.slice(event.anchorStart, event.anchorEnd) === name,
    )
  const span = { start: start - 1, end }
  return unreadable(reader, span, say.wrongAlias(name, { open: open.has(name), later, known: [...anchors.keys()] }))
}

const unreadable = (reader: Reader, span: Span, mistake: Mistake): Node => {
  reader.problems.push({ ...span, ...mistake })
  return { type: 'unknown', span }
}

const ownNode = (reader: Reader, event: ScalarEvent | SequenceEvent | MappingEvent): Node => {
  const tag = event.tagStart < 0 ? '' : reader.text.slice(event.tagStart, event.tagEnd)
  if (!yamlTags.has(tag)) {
    // What it holds is read all the same, for the next event to be the right one.
    if (event.type !== EVENT_SCALAR) contentOf(reader, event)
    return unreadable(reader, { start: event.tagStart, end: event.tagEnd }, say.unknownTag(tag))
  }
  if (event.type !== EVENT_SCALAR) return contentOf(reader, event)
  const text = getScalarValue(reader.text, event)
  const isText = tag === '!!str' || tag === '!' || (tag === '' && event.style !== SCALAR_STYLE_PLAIN)
  const span = { start: event.valueStart, end: event.valueEnd }
  return { type: 'scalar', span, text, value: isText ? text : scalarValue(text, tag !== '') }
}

const yamlTags = new Set(['', '!', '!!str', '!!null', '!!bool', '!!int', '!!float', '!!seq', '!!map'])

/** What a scalar is by its looks. */
const scalarValue = (text: string, isTagged: boolean): Json => {
  for (const { resolve, tagName } of [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag]) {
    const value = resolve(text, isTagged, tagName)
    if (value !== NOT_RESOLVED) return value
  }
  return text
}

const contentOf = (reader: Reader, event: SequenceEvent | MappingEvent): Node => {
  const span = { start: event.start, end: event.start + 1 }
  if (event.type !== EVENT_MAPPING) return { type: 'list', span, items: [...upToEnd(reader, nodeOf)] }
  const before = reader.problems.length
  const entries = entriesOf(reader)
  // A template such as {{name}} is no mapping.
  const isMistaken = entries.length === 0 && reader.problems.length > before
  return isMistaken ? { type: 'unknown', span } : { type: 'mapping', span, entries }
}

function* upToEnd<T>(reader: Reader, read: (reader: Reader) => T): Generator<T> {
  while (reader.events[reader.next]?.type !== EVENT_POP) yield read(reader)
  reader.next++
}

const pairOf = (reader: Reader): { key: Node; value: Node } => ({ key: nodeOf(reader), value: nodeOf(reader) })

/** The entries of a mapping, then those that are merged into it and are not its own. */
const entriesOf = (reader: Reader): Entry[] => {
  const own = new Map<string, Entry>()
  const merged: Entry[] = []
  for (const { key, value } of upToEnd(reader, pairOf)) {
    if (key.type !== 'scalar') reader.problems.push({ ...key.span, ...say.complexKey })
    else if (key.text === '<<') merged.push(...merging(reader, key.span, value))
    else enter(reader, own, { key: key.text, span: key.span, value: placed(value, key.span) })
  }
  for (const entry of merged) if (!own.has(entry.key)) own.set(entry.key, entry)
  return [...own.values()]
}

const enter = ({ problems, text }: Reader, own: Map<string, Entry>, entry: Entry): void => {
  const earlier = own.get(entry.key)
  if (earlier) problems.push({ ...entry.span, ...say.duplicate(entry.key, text, earlier.span.start) })
  else own.set(entry.key, entry)
}

const merging = (reader: Reader, span: Span, value: Node): readonly Entry[] => {
  const entries = mergeable(value)
  if (!entries) reader.problems.push({ ...span, ...say.wrongMerge })
  return entries ?? []
}

/** What is empty stands where its key stands. */
const placed = (value: Node, key: Span): Node => (value.span.start < 0 ? { ...value, span: key } : value)
