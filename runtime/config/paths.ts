import { isJsonObject, type Json } from '../core/json.ts'

/** Keys and indexes from the top of a file to a place in it. */
export type Path = readonly (string | number)[]

/** The value at a path; nothing where the path leads nowhere. */
export const valueAt = (value: Json | undefined, path: Path): Json | undefined => {
  const [key, ...rest] = path
  if (key === undefined || value === undefined) return value
  if (Array.isArray(value)) return valueAt(value[Number(key)], rest)
  return isJsonObject(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined
}

/** Puts a value at a path, or takes away what is there; only values that this room has made are changed. */
export const setAt = (root: Json, path: Path, value: Json | undefined): void => {
  const container = valueAt(root, path.slice(0, -1)) as { [key: string]: Json } | undefined
  const key = path.at(-1)
  if (container === undefined || key === undefined) return
  if (value === undefined) delete container[key]
  else container[key] = value
}

export type Place = { readonly path: Path; readonly value: Json }

/** All places that a pattern such as `agents.*.model` leads to; `*` is any key or index. */
export const placesOf = (root: Json | undefined, pattern: string): Place[] =>
  pattern
    .split('.')
    .reduce<Place[]>(
      (places, step) => places.flatMap(place => stepFrom(place, step)),
      root === undefined ? [] : [{ path: [], value: root }],
    )

const stepFrom = ({ path, value }: Place, step: string): Place[] => {
  if (step === '*') return entriesOf(value).map(([key, inner]) => ({ path: [...path, key], value: inner }))
  const inner = valueAt(value, [step])
  return inner === undefined ? [] : [{ path: [...path, step], value: inner }]
}

const entriesOf = (value: Json): [string | number, Json][] => {
  if (Array.isArray(value)) return value.map((item: Json, index) => [index, item])
  return isJsonObject(value) ? Object.entries(value) : []
}

/** The names that a mapping of the file defines, such as those of all agents. */
export const namesIn = (root: Json, section: string): string[] => {
  const value = valueAt(root, [section])
  return isJsonObject(value) ? Object.keys(value) : []
}

const isBelow = (path: Path, top: Path): boolean => top.every((key, index) => key === path[index])

/** A part of the file that a migration has put elsewhere. */
export type Move = { readonly from: Path; readonly to: Path }

/** Where a place was written, before migrations moved it. */
export const writtenAt = (path: Path, moves: readonly Move[]): Path => {
  const [move] = moves.filter(({ to }) => isBelow(path, to)).sort((a, b) => b.to.length - a.to.length)
  return move ? [...move.from, ...path.slice(move.to.length)] : path
}

/** A place in words: `agent "root"`, `toolset 2 of agent "root"`, or the keys that lead there. */
export const inWords = (path: Path): string => {
  const [section, name, part, index, ...rest] = path
  const kind = kinds[String(section)]
  if (section === undefined) return 'an agent file'
  if (name === undefined || kind === undefined) return `"${path.join('.')}"`
  if (part === undefined) return `${kind} "${name}"`
  if (part === 'toolsets' && index !== undefined) {
    const toolset = `toolset ${Number(index) + 1} of ${kind} "${name}"`
    return rest.length === 0 ? toolset : `"${rest.join('.')}" of ${toolset}`
  }
  return `"${path.slice(2).join('.')}" of ${kind} "${name}"`
}

const kinds: Readonly<Record<string, string>> = {
  agents: 'agent',
  models: 'model',
  providers: 'provider',
  mcps: 'MCP server',
  rag: 'RAG source',
}
