import { isUrl } from '../core/address.ts'
import { isJsonObject, type Json } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import { type Place, placesOf, valueAt } from './paths.ts'

type Row = {
  /** Where it would be, as a pattern. */
  readonly at: string
  /** Which values of that place are meant; all but those that switch it off where absent. */
  readonly when?: (value: Json, file: Json, place: Place) => boolean
  /** What cannot be done, for "not supported yet: …". */
  readonly what: string | ((value: Json) => string)
  /** What to do in its place. */
  readonly hint?: string
}

/** Types of toolsets that are refused. */
export const laterToolsets: readonly string[] = ['a2a']

/** Names of agents hold no slash: what has one is a URL, a file, or a reference to a registry. */
export const isExternal = (agent: Json): boolean =>
  typeof agent === 'string' && (agent.includes('/') || isFileReference(agent))

/** Another agent file, here or in the net, whose first agent is meant, or the one called root. */
export const isFileReference = (agent: string): boolean =>
  isUrl(agent) || (/\.ya?ml$/.test(agent) && !/^\w+:\/\//.test(agent))

const isElsewhere = (agent: Json): boolean => isExternal(agent) && !isFileReference(String(agent))

const isText = (value: Json): value is string => typeof value === 'string'
const isAlloy = (value: Json): boolean => isText(value) && value.includes(',')
const providerOf = (file: Json, { path }: Place): Json | undefined => valueAt(file, [...path.slice(0, 2), 'provider'])

/** cagent's providers that are not in the table of runtime/models. */
export const laterProviders = ['amazon-bedrock']

/** What agent files may ask for and this release cannot do. What comes to work goes out of this table, and nothing else. */
const rows: readonly Row[] = [
  { at: 'rag', what: 'RAG' },
  { at: 'agents.*.rag', what: 'RAG' },
  {
    at: 'agents.*.toolsets.*.type',
    when: type => laterToolsets.includes(String(type)),
    what: type => `toolsets of type ${type}`,
  },
  { at: 'agents.*.toolsets.*.sandbox', what: 'running the shell in a container' },
  {
    at: 'agents.*.sub_agents.*',
    when: isElsewhere,
    what: 'members of a team from registries',
    hint: 'Download it, and name the file, such as ./researcher.yaml.',
  },
  {
    at: 'agents.*.handoffs.*',
    when: isElsewhere,
    what: 'members of a team from registries',
    hint: 'Download it, and name the file, such as ./researcher.yaml.',
  },
  {
    at: 'models.*.provider_opts.project',
    when: (_, file, place) => providerOf(file, place) === 'google',
    what: 'Gemini on Vertex AI',
  },
]

/** Everything in a file that is refused, for it cannot be done yet. */
export const unsupportedFindings = (file: Json): Finding[] =>
  rows.flatMap(({ at, when = isOn, what, hint }) =>
    placesOf(file, at)
      .filter(place => when(place.value, file, place))
      .map(({ path, value }) => ({
        path,
        what: `not supported yet: ${typeof what === 'string' ? what : what(value)}`,
        ...(hint !== undefined && { hint }),
      })),
  )

/** Keys that are refused whenever they are given, as patterns. */
export const keysToCome: readonly string[] = rows.filter(({ when }) => !when).map(({ at }) => at)

/** An empty list or mapping, false and an empty text ask for nothing. */
const isOn = (value: Json): boolean =>
  Array.isArray(value) ? value.length > 0 : isJsonObject(value) ? Object.keys(value).length > 0 : Boolean(value)

/** Whether a model of the file is an alloy, which has no provider of its own. */
export const isAlloyModel = (model: Json | undefined): boolean =>
  model !== undefined && isJsonObject(model) && model['provider'] === undefined && isAlloy(model['model'] ?? '')

/** Whether a toolset is of a type that works. */
export const worksAlready = (type: Json | undefined): boolean => !laterToolsets.includes(String(type))
