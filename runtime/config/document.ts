import type { Json } from '../core/json.ts'
import type { Span } from './diagnose.ts'
import type { Path } from './paths.ts'

/** A document whose every key and value knows where it stands. `unknown` is a part that could not be read. */
export type Node =
  | { readonly type: 'scalar'; readonly span: Span; readonly value: Json; readonly text: string }
  | { readonly type: 'list'; readonly span: Span; readonly items: readonly Node[] }
  | { readonly type: 'mapping'; readonly span: Span; readonly entries: readonly Entry[] }
  | { readonly type: 'unknown'; readonly span: Span }
export type Entry = { readonly key: string; readonly span: Span; readonly value: Node }

/** The entries that `<<` adds; nothing where the value is neither a mapping nor a list of mappings. */
export const mergeable = (node: Node): readonly Entry[] | undefined => {
  if (node.type === 'unknown') return []
  if (node.type === 'mapping') return node.entries
  const parts = node.type === 'list' ? node.items.map(mergeable) : [undefined]
  return parts.every(part => part !== undefined) ? parts.flat() : undefined
}

/** The plain value of a document. Made anew, so that its owner may change it; what an alias repeats is one and the same. */
export const plainValue = (node: Node, made: Map<Node, Json> = new Map()): Json => {
  if (node.type === 'scalar') return node.value
  if (node.type === 'unknown') return null
  const known = made.get(node)
  if (known !== undefined) return known
  const value: Json =
    node.type === 'list'
      ? node.items.map(item => plainValue(item, made))
      : Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value, made)]))
  made.set(node, value)
  return value
}

/** The steps from the top of a document to a place: with each node, the entry that holds it, as far as the path goes. */
const stepsTo = (root: Node, path: Path): { node: Node; entry?: Entry }[] => {
  const steps: { node: Node; entry?: Entry }[] = [{ node: root }]
  for (const key of path) {
    const { node } = steps.at(-1) ?? { node: root }
    const entry = node.type === 'mapping' ? node.entries.find(entry => entry.key === key) : undefined
    const inner = node.type === 'list' ? node.items[Number(key)] : entry?.value
    if (!inner) break
    steps.push({ node: inner, ...(entry && { entry }) })
  }
  return steps
}

export const nodeAt = (root: Node, path: Path): Node | undefined => stepsTo(root, path)[path.length]?.node

/** Whether a place lies in a part that could not be read: what is wrong there has been said. */
export const isUnknown = (root: Node, path: Path): boolean => stepsTo(root, path).at(-1)?.node.type === 'unknown'

type Mark = { readonly key?: true; readonly part?: string; readonly text: string }

/**
 * Where a mistake is marked: at the part of a text, at the value if it is of one line, else at its key; what is missing
 * is marked at what should hold it.
 */
export const spanOf = (root: Node, path: Path, { key, part, text }: Mark): Span => {
  const steps = stepsTo(root, path)
  const { node, entry } = steps.at(-1) ?? { node: root, entry: undefined }
  const written = node.type === 'scalar' ? text.slice(node.span.start, node.span.end).trimEnd() : '\n'
  const at = part === undefined ? -1 : written.indexOf(part)
  if (part !== undefined && at >= 0) return { start: node.span.start + at, end: node.span.start + at + part.length }
  const isWhole = steps.length > path.length
  if (isWhole && !/[\r\n]/.test(written) && !(key && entry)) return node.span
  return entry?.span ?? holderOf(steps) ?? node.span
}

/** The first key in an item of a list stands for the item. */
const holderOf = (steps: readonly { node: Node }[]): Span | undefined => {
  const node = steps.at(-1)?.node
  return node?.type === 'mapping' ? node.entries[0]?.span : undefined
}
