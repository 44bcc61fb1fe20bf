import type { Json } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import type { LoadOptions } from './load.ts'
import { nearest, oneOf } from './near.ts'
import { namesIn, type Path, type Place, placesOf, valueAt } from './paths.ts'
import { isAlloyModel, isExternal, isFileReference, laterProviders } from './unsupported.ts'

type TextPlace = Place & { readonly value: string }

const textsAt = (file: Json, ...patterns: readonly string[]): TextPlace[] =>
  patterns
    .flatMap(pattern => placesOf(file, pattern))
    .filter((place): place is TextPlace => typeof place.value === 'string')

/** Names that nothing has: of agents, models, providers, RAG sources and MCP servers. Without `providers` any will do. */
export const referenceFindings = (
  file: Json,
  { providers, complaint }: Pick<LoadOptions, 'providers' | 'complaint'>,
): Finding[] => [
  ...agentFindings(file),
  ...fileFindings(file, complaint),
  ...modelFindings(file, providers),
  ...sourceFindings(file),
  ...providerNameFindings(file),
  ...circleFindings(file),
]

const fileFindings = (file: Json, complaint: LoadOptions['complaint']): Finding[] =>
  textsAt(file, 'agents.*.sub_agents.*', 'agents.*.handoffs.*')
    .filter(({ value }) => isFileReference(value))
    .flatMap(({ path, value }) => {
      const what = complaint?.(value)
      return what === undefined ? [] : [{ path, what }]
    })

const agentFindings = (file: Json): Finding[] => {
  const names = namesIn(file, 'agents')
  return textsAt(file, 'agents.*.sub_agents.*', 'agents.*.handoffs.*')
    .filter(({ value }) => !isExternal(value) && !names.includes(value))
    .map(({ path, value }) => {
      const others = names.filter(name => name !== path[1])
      return unknown(path, 'agent', value, others)
    })
}

const unknown = (path: Path, kind: string, name: string, known: readonly string[]): Finding => {
  const near = nearest(name, known)
  const expected = known.length === 0 ? undefined : oneOf(known)
  return {
    path,
    what: `There is no ${kind} "${name}".`,
    ...(near !== undefined && { near }),
    ...(expected !== undefined && { expected }),
  }
}

/** Where the name of a model stands, or provider/model. */
const modelPlaces = [
  'agents.*.model',
  'agents.*.fallback.models.*',
  'agents.*.toolsets.*.model',
  'mcps.*.model',
  'agents.*.toolsets.*.models.*',
  'models.*.routing.*.model',
  'rag.*.results.reranking.model',
  'rag.*.strategies.*.chat_model',
  'rag.*.strategies.*.embedding_model',
]

const modelFindings = (file: Json, providers: readonly string[] | undefined): Finding[] => {
  const models = namesIn(file, 'models')
  const known = providers && [...providers, ...namesIn(file, 'providers')]
  const inModels = textsAt(file, 'models.*.provider').flatMap(({ path, value }) => providerFinding(path, value, known))
  const named = textsAt(file, ...modelPlaces).flatMap(place =>
    // An alloy names several, with commas between.
    place.value.split(',').flatMap(name => modelFinding({ ...place, value: name.trim() }, models, known)),
  )
  return [...inModels, ...named, ...alloyFindings(file, models, known)]
}

/** What an alloy is made of is no alloy: that could go round in a circle. */
const alloyFindings = (file: Json, models: readonly string[], known: readonly string[] | undefined): Finding[] =>
  placesOf(file, 'models.*')
    .filter(({ value }) => isAlloyModel(value))
    .flatMap(({ path }) => textsAt(file, `models.${path[1]}.model`))
    .flatMap(place =>
      place.value.split(',').flatMap(part => {
        const name = part.trim()
        if (isAlloyModel(valueAt(file, ['models', name])))
          return [{ path: place.path, part: name, what: `"${name}" is an alloy itself, and cannot be part of one.` }]
        return modelFinding({ ...place, value: name }, models, known)
      }),
    )

const modelFinding = (
  { path, value }: TextPlace,
  models: readonly string[],
  providers: readonly string[] | undefined,
): Finding[] => {
  const canBeAuto = !path.includes('fallback')
  if (value === '' || models.includes(value) || (value === 'auto' && canBeAuto)) return []
  const [provider = '', ...model] = value.split('/')
  if (provider !== '' && model.join('/') !== '') return providerFinding(path, provider, providers, model.join('/'))
  const near = nearest(value, models)
  const choice = models.length > 0 ? `${models.join(', ')}, or provider/model` : 'provider/model, such as openai/gpt-4o'
  return [{ path, what: `There is no model "${value}".`, expected: choice, ...(near !== undefined && { near }) }]
}

const providerFinding = (
  path: Path,
  provider: string,
  known: readonly string[] | undefined,
  model?: string,
): Finding[] => {
  if (!known || known.includes(provider)) return []
  if (laterProviders.includes(provider)) return [{ path, what: `not supported yet: the provider ${provider}` }]
  const finding = unknown(path, 'provider', provider, known)
  const near = finding.near === undefined || model === undefined ? finding.near : `${finding.near}/${model}`
  return [{ ...finding, near }]
}

const sourceFindings = (file: Json): Finding[] => {
  const [sources, servers] = [namesIn(file, 'rag'), namesIn(file, 'mcps')]
  return [
    ...textsAt(file, 'agents.*.rag.*')
      .filter(({ value }) => !sources.includes(value))
      .map(({ path, value }) => unknown(path, 'RAG source', value, sources)),
    ...textsAt(file, 'agents.*.toolsets.*.ref')
      .filter(({ value }) => !value.startsWith('docker:') && !servers.includes(value))
      .map(({ path, value }) => unknown(path, 'MCP server', value, servers)),
    ...textsAt(file, 'mcps.*.ref')
      .filter(({ value }) => !value.startsWith('docker:'))
      .map(({ path }) => ({ path, what: 'An MCP server refers only to docker:NAME.' })),
    ...textsAt(file, 'agents.*.skills.*')
      .filter(({ value }) => !/^(https?:\/\/[^\s/].*|[\w.-]+)$/.test(value))
      .map(({ path, value }) => ({
        path,
        what: `There is no source of skills "${value}".`,
        expected: 'local, a URL, or the name of a skill',
      })),
  ]
}

const providerNameFindings = (file: Json): Finding[] => [
  ...namesIn(file, 'providers')
    .filter(name => name.trim() !== name || name === '' || name.includes('/'))
    .map(name => ({
      path: ['providers', name],
      key: true as const,
      what: `A provider cannot be called "${name}": no slash, and no space around it.`,
    })),
  ...textsAt(file, 'providers.*.base_url', 'models.*.base_url')
    .filter(({ value }) => !/^https?:\/\/[^\s/]/.test(value))
    .map(({ path, value }) => ({ path, what: `"${value}" is not a URL.`, expected: 'https://… or http://…' })),
]

/** Tasks that are passed round in a circle never come back; conversations may be. */
const circleFindings = (file: Json): Finding[] => {
  const members = Map.groupBy(textsAt(file, 'agents.*.sub_agents.*'), ({ path }) => path[1])
  const done = new Set<string>()
  const walkFrom = (first: string): Finding[] => {
    const found: Finding[] = []
    // A list, and no recursion: teams may be longer than the stack is deep.
    const line = [{ name: first, left: [...(members.get(first) ?? [])] }]
    for (let last = line.at(-1); last; last = line.at(-1)) {
      const next = last.left.shift()
      if (!next) done.add(line.pop()?.name ?? '')
      else if (line.some(({ name }) => name === next.value)) found.push(circle(next, namesOf(line)))
      else if (!done.has(next.value)) line.push({ name: next.value, left: [...(members.get(next.value) ?? [])] })
    }
    return found
  }
  return namesIn(file, 'agents').flatMap(name => (done.has(name) ? [] : walkFrom(name)))
}

const namesOf = (line: readonly { readonly name: string }[]): string[] => line.map(({ name }) => name)

const circle = ({ path, value }: TextPlace, line: readonly string[]): Finding => ({
  path,
  what: `The sub-agents go round in a circle: ${[...line.slice(line.indexOf(value)), value].join(' → ')}.`,
  hint: 'To give a conversation back, use handoffs.',
})
