import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import { type Move, namesIn, type Path, type Place, placesOf, setAt, valueAt } from './paths.ts'
import { latest, type Version, versions } from './versions.ts'

export type Migrated = { readonly findings: readonly Finding[]; readonly moves: readonly Move[] }

/**
 * Turns a file of any version into one of the latest, in place. What a version did not know yet, or does not know any
 * more, is a mistake; `moves` says where things were written that are elsewhere now.
 */
export const migrate = (file: JsonObject): Migrated => {
  const { version, findings } = versionOf(file)
  const number = versions.indexOf(version)
  const moves: Move[] = []
  const steps = [
    ...(number < versions.length - 1 ? tooEarly(file, number) : []),
    ...(number === 0 ? fromFirst(file, moves) : []),
    ...(number <= 1 ? withoutEnvironments(file) : []),
    ...(number === 2 ? withRagTools(file, moves) : []),
    ...(number === 0 || number >= 4 ? withoutNames(file) : []),
    ...withoutBudgets(file),
  ]
  return { findings: [...findings, ...steps], moves }
}

/** A number is a version too; what is no version is taken for the latest, for the rest to be checked. */
const versionOf = (file: JsonObject): { version: Version; findings: Finding[] } => {
  const written = file['version']
  const version = versions.find(version => version === String(written))
  if (version !== undefined) {
    setAt(file, ['version'], version)
    return { version, findings: [] }
  }
  setAt(file, ['version'], undefined)
  if (written === undefined || written === null || written === '') return { version: latest, findings: [] }
  const what = `There is no version ${JSON.stringify(written)} of agent files.`
  return { version: latest, findings: [{ path: ['version'], what, expected: `one of ${versions.join(', ')}` }] }
}

/** The version with which a key came. */
const since: Readonly<Record<string, number>> = {
  metadata: 1,
  rag: 2,
  providers: 3,
  permissions: 3,
  mcps: 6,
  'metadata.version': 3,
  'metadata.description': 4,
  'permissions.ask': 4,
  'models.*.provider': 1,
  'models.*.token_key': 1,
  'models.*.provider_opts': 1,
  'models.*.track_usage': 2,
  'models.*.thinking_budget': 2,
  'models.*.routing': 3,
  'agents.*.add_environment_info': 1,
  'agents.*.welcome_message': 2,
  'agents.*.handoffs': 2,
  'agents.*.rag': 2,
  'agents.*.code_mode_tools': 2,
  'agents.*.max_iterations': 2,
  'agents.*.add_prompt_files': 2,
  'agents.*.structured_output': 2,
  'agents.*.skills': 3,
  'agents.*.hooks': 3,
  'agents.*.hooks.on_user_input': 6,
  'agents.*.fallback': 4,
  'agents.*.add_description_parameter': 4,
  'agents.*.toolsets.*.ref': 1,
  'agents.*.toolsets.*.config': 1,
  'agents.*.toolsets.*.shared': 1,
  'agents.*.toolsets.*.path': 1,
  'agents.*.toolsets.*.shell': 1,
  'agents.*.toolsets.*.post_edit': 1,
  'agents.*.toolsets.*.instruction': 2,
  'agents.*.toolsets.*.toon': 2,
  'agents.*.toolsets.*.api_config': 2,
  'agents.*.toolsets.*.api_config.output_schema': 3,
  'agents.*.toolsets.*.ignore_vcs': 2,
  'agents.*.toolsets.*.timeout': 2,
  'agents.*.toolsets.*.defer': 3,
  'agents.*.toolsets.*.name': 3,
  'agents.*.toolsets.*.url': 3,
  'agents.*.toolsets.*.headers': 4,
  'agents.*.toolsets.*.file_types': 4,
  'agents.*.toolsets.*.model': 6,
  'agents.*.toolsets.*.version': 6,
  'agents.*.toolsets.*.models': 6,
  'rag.*.tool': 3,
  'rag.*.respect_vcs': 3,
  'rag.*.results.reranking': 3,
}

const tooEarly = (file: Json, version: number): Finding[] =>
  Object.entries(since)
    .filter(([, first]) => version < first)
    .flatMap(([pattern, first]) => placesOf(file, pattern).map(place => ({ ...place, first })))
    .map(({ path, first }) => ({
      path,
      key: true,
      what: `The key "${path.at(-1)}" came with version ${first}, and this file says version ${version}.`,
      hint: 'Remove the line "version:"; the file is then of the latest version.',
    }))

/** Version 0: a model's provider was its `type`, and three toolsets were switches of their agent. */
const fromFirst = (file: JsonObject, moves: Move[]): Finding[] => {
  for (const { path, value } of placesOf(file, 'models.*.type')) {
    const model = path.slice(0, 2)
    setAt(file, [...model, 'provider'], value)
    setAt(file, path, undefined)
    moves.push({ from: path, to: [...model, 'provider'] })
  }
  return namesIn(file, 'agents').flatMap(name => withToolsets(file, ['agents', name], moves))
}

const withToolsets = (file: JsonObject, agent: Path, moves: Move[]): Finding[] => {
  const switches = Object.entries(firstToolsets).flatMap(([key, toolsetOf]) => {
    const path = [...agent, key]
    const value = valueAt(file, path)
    const toolset = value === undefined ? undefined : toolsetOf(value)
    setAt(file, path, undefined)
    return value === undefined ? [] : [{ path, toolset }]
  })
  const added = switches.filter(({ toolset }) => isJsonObject(toolset ?? null))
  const own = valueAt(file, [...agent, 'toolsets']) ?? []
  if (added.length > 0 && Array.isArray(own)) {
    setAt(file, [...agent, 'toolsets'], [...added.map(({ toolset }) => toolset as Json), ...own])
    const from = [...added.map(({ path }) => path), ...own.map((_, index) => [...agent, 'toolsets', index])]
    moves.push(...from.map((path, index) => ({ from: path, to: [...agent, 'toolsets', index] })))
  }
  return switches
    .filter(({ toolset }) => toolset === 'wrong')
    .map(({ path }) => ({
      path,
      what: `"${path.at(-1)}" is not what it was in version 0.`,
      expected: firstShapes[String(path.at(-1))] ?? '',
    }))
}

type FirstToolset = JsonObject | 'wrong' | undefined

const firstToolsets: Readonly<Record<string, (value: Json) => FirstToolset>> = {
  todo: value => {
    if (isJsonObject(value)) return { type: 'todo', ...value }
    return switched(value, 'todo')
  },
  think: value => switched(value, 'think'),
  memory: value => {
    if (value === null) return undefined
    return isJsonObject(value) && typeof value['path'] === 'string' ? { type: 'memory', path: value['path'] } : 'wrong'
  },
}
const firstShapes: Readonly<Record<string, string>> = {
  todo: 'true or false, or a mapping with shared',
  think: 'true or false',
  memory: 'a mapping with path',
}

const switched = (value: Json, type: string): FirstToolset => {
  if (value === true) return { type }
  return value === false || value === null ? undefined : 'wrong'
}

/** Environments of their own: version 2 took them out. */
const withoutEnvironments = (file: JsonObject): Finding[] =>
  ['env', 'models.*.env', 'agents.*.toolsets.*.env_file'].flatMap(pattern =>
    taken(file, pattern)
      .filter(({ value }) => !isEmpty(value))
      .map(({ path }) => ({
        path,
        key: true,
        what: `The key "${path.at(-1)}" went with version 2, and had no successor.`,
        hint: 'Set the variables when you start Reprise, or give it the file with --env-from-file.',
      })),
  )

/** Version 2 had the description of a RAG source at its top. */
const withRagTools = (file: JsonObject, moves: Move[]): Finding[] => {
  for (const { path, value } of taken(file, 'rag.*.description')) {
    const to = [...path.slice(0, -1), 'tool']
    setAt(file, to, { description: value })
    moves.push({ from: path, to: [...to, 'description'] })
  }
  return []
}

/** An agent may repeat its name; it is called by its key all the same. */
const withoutNames = (file: JsonObject): Finding[] =>
  taken(file, 'agents.*.name')
    .filter(({ path, value }) => value !== path[1])
    .map(({ path }) => ({
      path,
      warning: true,
      what: `The agent is called "${path[1]}", by its key; the name here is not used.`,
    }))

/** cagent takes a mapping for a budget without a word, and does without it. */
const withoutBudgets = (file: JsonObject): Finding[] =>
  placesOf(file, 'models.*.thinking_budget')
    .filter(({ value }) => isJsonObject(value))
    .map(({ path, value }) => {
      setAt(file, path, undefined)
      const effort = isJsonObject(value) ? value['effort'] : undefined
      const hint = typeof effort === 'string' ? { hint: `Write thinking_budget: ${effort}.` } : {}
      return {
        path,
        key: true,
        warning: true,
        what: 'A mapping is no budget, and is left out, as cagent does.',
        ...hint,
      }
    })

/** Takes all values of a pattern out of a file. */
const taken = (file: JsonObject, pattern: string): Place[] => {
  const places = placesOf(file, pattern)
  for (const { path } of places) setAt(file, path, undefined)
  return places
}

const isEmpty = (value: Json): boolean =>
  value === null ||
  value === '' ||
  Object.keys(isJsonObject(value) || Array.isArray(value) ? value : { value }).length === 0
