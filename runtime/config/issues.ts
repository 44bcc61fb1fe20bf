import * as z from 'zod/mini'
import { isJsonObject, type Json } from '../core/json.ts'
import type { Finding, Mistake } from './diagnose.ts'
import { type Node, nodeAt } from './document.ts'
import { nearest, oneOf } from './near.ts'
import { inWords, type Path, setAt, valueAt } from './paths.ts'
import { agentFile } from './schema.ts'

type Issue = z.core.$ZodIssue
export type Checked = { readonly data?: z.infer<typeof agentFile>; readonly findings: readonly Finding[] }

/** Checks a file against the schema, in a value that the caller owns. */
export const checkShape = (file: Json, root: Node): Checked => {
  const first = z.safeParse(agentFile, file)
  if (first.success) return { data: first.data, findings: [] }
  if (!mendedScalars(first.error.issues.flatMap(issuesIn), file, root))
    return { findings: findingsOf(first.error.issues, file, root) }
  const second = z.safeParse(agentFile, file)
  return second.success
    ? { data: second.data, findings: [] }
    : { findings: findingsOf(second.error.issues, file, root) }
}

/**
 * As cagent does: a number or a switch where text belongs is the text as it is written (`PORT: 8080`), and a key
 * without a value is not there. Says whether anything was mended.
 */
const mendedScalars = (issues: readonly Issue[], file: Json, root: Node): boolean => {
  const mended = issues.filter(issue => {
    const path = pathOf(issue)
    const value = valueAt(file, path)
    if (value === null && isOptional(path)) setAt(file, path, undefined)
    else if (issue.code === 'invalid_type' && issue.expected === 'string' && isScalar(value))
      setAt(file, path, textOf(root, path, value))
    else return false
    return true
  })
  return mended.length > 0
}

const isScalar = (value: Json | undefined): value is number | boolean =>
  typeof value === 'number' || typeof value === 'boolean'

/** What has a name, and what stands in a list, is there even if it is empty. */
const isOptional = (path: Path): boolean => path.length !== 2 && typeof path.at(-1) === 'string'

const textOf = (root: Node, path: Path, value: number | boolean): string => {
  const node = nodeAt(root, path)
  return node?.type === 'scalar' ? node.text : String(value)
}

const pathOf = ({ path }: Issue): Path => path.map(key => (typeof key === 'number' ? key : String(key)))

/** An issue, or those of the choice that was meant, where one was nearly met. */
const issuesIn = (issue: Issue): Issue[] => {
  if (issue.code !== 'invalid_union') return [issue]
  const within = issue.errors.find(errors =>
    errors.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  if (!within) return [issue]
  return within.flatMap(inner => issuesIn({ ...inner, path: [...issue.path, ...inner.path] }))
}

const findingsOf = (issues: readonly Issue[], file: Json, root: Node): Finding[] =>
  issues.flatMap(issuesIn).flatMap(issue => findingOf(issue, file, root))

const findingOf = (issue: Issue, file: Json, root: Node): Finding[] => {
  const path = pathOf(issue)
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(path, key, file))
  const value = valueAt(file, path)
  if (value !== undefined) return [{ path, ...wrongValue(issue, path, value) }]
  if (nodeAt(root, path)) return [{ path, ...wrongValue(issue, path, null) }]
  const holder = path.slice(0, -1)
  return [{ path, key: true, what: `The key "${path.at(-1)}" is missing in ${inWords(holder)}.` }]
}

const unknownKey = (path: Path, key: string, file: Json): Finding => {
  const known = keysAt(path)
  const given = valueAt(file, path)
  const free = known.filter(name => !(given && isJsonObject(given) && name in given))
  const near = nearest(key, free) ?? nearest(key, known)
  const home = homeOf(key, path)
  return {
    path: [...path, key],
    key: true,
    what: `There is no key "${key}" in ${inWords(path)}.`,
    ...(near !== undefined && { near }),
    ...(near === undefined && home !== undefined && { hint: `It is a key of ${home}.` }),
    ...(near === undefined && home === undefined && known.length > 0 && { expected: oneOf(known) }),
  }
}

/** Whose key it is, for one that stands in the wrong place. */
const homeOf = (key: string, path: Path): string | undefined =>
  homes.find(([place]) => !isSameKind(place, path) && keysAt(place).includes(key))?.[1]

const isSameKind = (a: Path, b: Path): boolean => a[0] === b[0] && a.length === b.length

const homes: readonly [Path, string][] = [
  [['agents', '', 'toolsets', 0], 'a toolset'],
  [['models', ''], 'a model, under "models:"'],
  [['agents', ''], 'an agent'],
  [['agents', '', 'fallback'], 'a fallback'],
  [['agents', '', 'structured_output'], 'a structured_output'],
  [[], 'the file, at its top'],
]

const wrongValue = (issue: Issue, path: Path, value: Json): Mistake => {
  const name = path.length === 0 ? 'An agent file' : `"${path.at(-1)}"`
  const what = `${typeof path.at(-1) === 'number' ? `Item ${Number(path.at(-1)) + 1} of "${path.at(-2)}"` : name} is ${shown(value)}.`
  if (issue.code === 'invalid_value' && typeof value === 'string')
    return wrongWord(issue.values.map(String), path, value)
  const expected = expectedIn(issue)
  const near = expected === yesOrNo && typeof value === 'string' ? switches[value.toLowerCase()] : undefined
  return { what, expected, ...(near !== undefined && { near }) }
}

const wrongWord = (words: readonly string[], path: Path, value: string): Mistake => {
  const near = nearest(value, words)
  return {
    what: `"${path.at(-1)}" cannot be "${value}".`,
    expected: oneOf(words),
    ...(near !== undefined && { near }),
  }
}

const yesOrNo = 'true or false'
/** What YAML took for true and false before version 1.2. */
const switches: Readonly<Record<string, string>> = {
  yes: 'true',
  on: 'true',
  true: 'true',
  y: 'true',
  no: 'false',
  off: 'false',
  false: 'false',
  n: 'false',
}

const expectedIn = (issue: Issue): string => {
  if (issue.code === 'invalid_type') return types[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String))
  if (issue.code === 'too_small') return issue.origin === 'array' ? 'at least one item' : `${issue.minimum} or more`
  if (issue.code === 'too_big') return `${issue.maximum} or less`
  return issue.message
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: yesOrNo,
  array: 'a list (lines that begin with "- ")',
  object: 'a mapping (lines such as "key: value")',
  record: 'a mapping (lines such as "name: value")',
}

const shown = (value: Json): string => {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (isJsonObject(value)) return 'a mapping'
  if (typeof value !== 'string') return String(value)
  const line = value.trim().split('\n')[0] ?? ''
  return line.length === value.trim().length && line.length <= 60 ? `the text "${line}"` : 'a text'
}

/** The keys of the mapping that belongs at a path. */
const keysAt = (path: Path): string[] => {
  const shape = path.reduce<z.core.$ZodType | undefined>((shape, key) => shape && inside(plain(shape), key), agentFile)
  return shape ? keysOf(shape) : []
}

const keysOf = (shape: z.core.$ZodType): string[] => {
  const { def } = (plain(shape) as z.core.$ZodTypes)._zod
  if (def.type === 'object') return Object.keys(def.shape)
  return def.type === 'union' ? def.options.flatMap(keysOf) : []
}

/** A shape without what is wrapped around it. */
const plain = (shape: z.core.$ZodType): z.core.$ZodType => {
  const { def } = (shape as z.core.$ZodTypes)._zod
  if (def.type === 'optional') return plain(def.innerType)
  if (def.type === 'pipe') return plain(def.in)
  return def.type === 'lazy' ? plain((shape as z.ZodMiniLazy)._zod.innerType) : shape
}

const inside = (shape: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined => {
  const { def } = (shape as z.core.$ZodTypes)._zod
  if (def.type === 'object') return (def.shape as Record<string, z.core.$ZodType>)[key]
  if (def.type === 'record') return def.valueType
  if (def.type === 'array') return def.element
  if (def.type !== 'union') return undefined
  return def.options.map(option => inside(plain(option), key)).find(found => found !== undefined)
}
