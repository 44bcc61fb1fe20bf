import { agentFileJsonSchema } from '../runtime/config/json-schema.ts'
import { keysOfTypes } from '../runtime/config/toolset-rules.ts'
import { keysToCome, laterToolsets } from '../runtime/config/unsupported.ts'

/** As much of JSON Schema as the schema of agent files has. */
type Schema = {
  readonly type?: string
  readonly description?: string
  readonly $ref?: string
  readonly enum?: readonly string[]
  readonly const?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly definitions?: Readonly<Record<string, Schema>>
}

/** docs/reference-config.md: every key of agent files, from the schema. */
export const referenceConfig = (): string => {
  const schema = agentFileJsonSchema() as Schema
  const sections = Object.entries(schema.definitions ?? {}).sort(([a], [b]) => rank(a) - rank(b))
  const linked = (name: string): string => schema.definitions?.[name]?.description ?? ''
  const described = sections.map(([name, one]) => section(name, one, linked))
  return `${[introduction, table('', schema, linked), ...described, ending].join('\n\n')}\n`
}

/** What is said of another section. */
type Linked = (section: string) => string

const introduction = `<!-- Made from runtime/config/schema.ts by "npm run docs": change it there. -->
# Agent files: every key

An agent file is YAML 1.2, with anchors, aliases and merge keys (\`<<\`). The format is cagent's, version 7; files of the
versions 0 to 6 say so in \`version\`, and are read as they are. \`reprise validate\` names every mistake in a file, and
[agent-schema.json](../agent-schema.json) helps editors to find them while you type:

\`\`\`yaml
# yaml-language-server: $schema=./agent-schema.json
\`\`\`

Keys in **bold** must be given. A key that is marked ⏳ is checked, and then refused with «not supported yet».

## The file`

const ending = `## Variables

| where | what is filled in |
| --- | --- |
| \`description\`, \`welcome_message\`, \`commands\` | \`\${env.NAME}\`, also with a default: \`\${env.NAME \\|\\| 'text'}\` |
| \`commands\` | \`\${args}\`, \`\${args[0]}\`: what is typed behind the name of the command |
| \`url\` and \`headers\` of \`remote\`, \`fetch\` and \`api_config\` | \`\${env.NAME}\`, as above |
| \`endpoint\` of \`api_config\` | the same, and \`\${NAME}\` for an argument, when it is called |
| \`env\` of a toolset, a script or a hook | \`$NAME\`, \`\${NAME}\` |

Everything else is taken as it stands, an \`instruction\` above all. A variable that is not set is a mistake, except in
\`commands\`, and in a replay.`

/** Most wanted first; what is not named here comes behind, in the order of the schema. */
const order = [
  'Agent',
  'Model',
  'Toolset',
  'Fallback',
  'Command',
  'StructuredOutput',
  'Permissions',
  'Provider',
  'Metadata',
]
const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)

const section = (name: string, schema: Schema, linked: Linked): string =>
  `## ${name}\n\n${schema.description ?? ''}${name === 'Toolset' ? ` ${toolsetTypes}` : ''}\n\n${table(name, schema, linked)}`

const toolsetTypes = `Types that are refused so far: ${laterToolsets.map(type => `\`${type}\``).join(', ')}.`

const table = (name: string, { properties = {}, required = [] }: Schema, linked: Linked): string =>
  [
    '| key | value | |',
    '| --- | --- | --- |',
    ...Object.entries(properties).map(([key, schema]) => {
      const shown = required.includes(key) ? `**\`${key}\`**` : `\`${key}\``
      return `| ${shown}${isToCome(name, key) ? ' ⏳' : ''} | ${valueIn(schema)} | ${meaning(name, key, { description: linked(nameIn(schema)), ...schema })} |`
    }),
  ].join('\n')

const meaning = (section: string, key: string, { description = '' }: Schema): string => {
  const types = section === 'Toolset' ? keysOfTypes[key] : undefined
  return `${description}${types ? ` Only for \`${types.join('`, `')}\`.` : ''}`.replaceAll('|', '\\|')
}

/** Where the keys of a section stand in a file. */
const prefixes: Readonly<Record<string, string>> = {
  '': '',
  Agent: 'agents.*.',
  Toolset: 'agents.*.toolsets.*.',
  Model: 'models.*.',
}
const isToCome = (section: string, key: string): boolean =>
  section in prefixes && keysToCome.includes(`${prefixes[section]}${key}`)

const valueIn = (schema: Schema): string => {
  if (nameIn(schema) !== '') return linkTo(nameIn(schema))
  if (schema.anyOf) return schema.anyOf.map(valueIn).join(', or ')
  if (schema.enum) return schema.enum.map(word => `\`${word}\``).join(', ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.type === 'array') return `list of ${valueIn(schema.items ?? {})}`
  if (schema.type === 'object') return namesTo(schema.additionalProperties)
  return `${words[schema.type ?? ''] ?? 'anything'}${range(schema)}`
}

const linkTo = (name: string): string => `[${name}](#${name.toLowerCase()})`

/** The section that a schema refers to. */
const nameIn = ({ $ref, allOf }: Schema): string => ($ref ?? allOf?.[0]?.$ref ?? '').split('/').at(-1) ?? ''

const namesTo = (value: Schema | boolean | undefined): string => {
  const shown = typeof value === 'object' ? valueIn(value) : 'anything'
  return shown === 'anything' ? 'mapping' : `names to ${shown}`
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  integer: 'whole number',
  number: 'number',
}

const range = ({ minimum, maximum }: Schema): string => {
  const least = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum
  if (least !== undefined && maximum !== undefined) return `, ${least} to ${maximum}`
  return least === undefined ? '' : `, ${least} or more`
}
