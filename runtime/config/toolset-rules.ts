import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import { type Path, type Place, placesOf } from './paths.ts'
import type { ToolsetType } from './schema-toolset.ts'

/** Keys that only these types of toolsets have; the others go with every type. */
export const keysOfTypes: Readonly<Record<string, readonly ToolsetType[]>> = {
  command: ['mcp', 'lsp'],
  args: ['mcp', 'lsp'],
  version: ['mcp', 'lsp'],
  ref: ['mcp'],
  remote: ['mcp'],
  config: ['mcp', 'lsp'],
  name: ['mcp', 'a2a'],
  url: ['a2a', 'openapi'],
  headers: ['a2a', 'openapi', 'fetch'],
  allow_private_ips: ['fetch', 'openapi'],
  env: ['shell', 'script', 'mcp', 'lsp'],
  shared: ['todo'],
  path: ['memory', 'tasks'],
  shell: ['script'],
  post_edit: ['filesystem'],
  allow_list: ['filesystem'],
  ignore_vcs: ['filesystem'],
  api_config: ['api'],
  file_types: ['lsp'],
  timeout: ['fetch', 'openapi', 'mcp', 'lsp'],
  models: ['model_picker'],
}

/** Keys of which a type needs exactly one. */
export const keysNeeded: Readonly<Partial<Record<ToolsetType, readonly string[]>>> = {
  mcp: ['command', 'remote', 'ref'],
  a2a: ['url'],
  lsp: ['command'],
  openapi: ['url'],
  model_picker: ['models'],
  script: ['shell'],
  api: ['api_config'],
}

/** Toolsets with keys of another type, or without those of their own. */
export const toolsetFindings = (file: Json): Finding[] => [
  ...placesOf(file, 'agents.*.toolsets.*').flatMap(place => findingsIn(place, typeOf(place.value))),
  ...placesOf(file, 'mcps.*').flatMap(place => findingsIn(place, 'mcp')),
]

const typeOf = (toolset: Json): string => (isJsonObject(toolset) ? String(toolset['type']) : '')

const findingsIn = ({ path, value }: Place, type: string): Finding[] => {
  if (!isJsonObject(value)) return []
  return [...misplaced(path, value, type), ...missing(path, value, type)]
}

const misplaced = (path: Path, toolset: JsonObject, type: string): Finding[] =>
  Object.keys(toolset).flatMap(key => {
    const types: readonly string[] | undefined = Object.hasOwn(keysOfTypes, key) ? keysOfTypes[key] : undefined
    if (!types || types.includes(type) || isEmpty(toolset[key])) return []
    return [
      { path: [...path, key], key: true, what: `The key "${key}" goes only with the type ${types.join(' or ')}.` },
    ]
  })

const missing = (path: Path, toolset: JsonObject, type: string): Finding[] => {
  const needed = keysNeeded[type as ToolsetType]
  const given = needed?.filter(key => !isEmpty(toolset[key])) ?? []
  if (!needed || given.length === 1) return []
  const choice = needed.length === 1 ? `"${needed[0]}"` : `one of ${needed.map(key => `"${key}"`).join(', ')}`
  if (given.length === 0) return [{ path: [...path, 'type'], what: `A toolset of type ${type} needs ${choice}.` }]
  return given.slice(1).map(key => ({
    path: [...path, key],
    key: true,
    what: `A toolset of type ${type} has only ${choice}, and "${given[0]}" is given already.`,
  }))
}

const isEmpty = (value: Json | undefined): boolean => value === undefined || value === null || value === ''
