import type { Json } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import { type Place, placesOf, setAt, valueAt } from './paths.ts'
import { argumentsIn } from './tool-rules.ts'
import { worksAlready } from './unsupported.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type ExpandOptions = {
  readonly env: Environment
  /** In a replay a variable that is not set is empty, and no mistake. */
  readonly lenient?: boolean
}

/** Fills in variables where cagent does, in a value that the caller owns; says which are missing. */
export const expand = (file: Json, options: ExpandOptions): Finding[] => {
  const found = [
    ...textsAt(file, 'agents.*.description').map(place => template(place, options)),
    ...textsAt(file, 'agents.*.welcome_message').map(place => template(place, options)),
    ...addressTexts(file).map(place => template(place, options)),
    ...textsAt(file, 'agents.*.toolsets.*.api_config.endpoint').map(place => endpointTemplate(place, options)),
    ...commandTexts(file).map(place => commandTemplate(place, options)),
    ...environmentTexts(file).map(place => shellStyle(place, options)),
  ]
  const findings = [...found.flatMap(({ findings }) => findings), ...notFilledIn(file)]
  // What an alias repeats is one and the same: all is read before any is written.
  for (const { path, text } of found) setAt(file, path, text)
  return findings
}

type TextPlace = Place & { readonly value: string }
type Expanded = { readonly path: Place['path']; readonly text: string; readonly findings: readonly Finding[] }

const textsAt = (file: Json, pattern: string): TextPlace[] =>
  placesOf(file, pattern).filter((place): place is TextPlace => typeof place.value === 'string')

const commandTexts = (file: Json): TextPlace[] =>
  ['*', '*.*', '*.*.instruction', '*.*.description'].flatMap(pattern => textsAt(file, `agents.*.commands.${pattern}`))

/** Addresses of servers, and what is sent to them. */
const addressTexts = (file: Json): TextPlace[] => [
  ...['agents.*.toolsets.*', 'mcps.*'].flatMap(server =>
    ['url', 'headers.*', 'oauth.*'].flatMap(key => textsAt(file, `${server}.remote.${key}`)),
  ),
  ...['url', 'headers.*', 'api_config.headers.*'].flatMap(key => ofWorking(file, key)),
]

const environmentTexts = (file: Json): TextPlace[] => [
  ...textsAt(file, 'mcps.*.env.*'),
  ...['*.*.env.*', '*.*.hooks.*.env.*'].flatMap(key => textsAt(file, `agents.*.hooks.${key}`)),
  ...['env.*', 'shell.*.env.*'].flatMap(key => ofWorking(file, key)),
]

/** Texts of toolsets that are not refused anyway. */
const ofWorking = (file: Json, key: string): TextPlace[] =>
  textsAt(file, `agents.*.toolsets.*.${key}`).filter(({ path }) =>
    worksAlready(valueAt(file, [...path.slice(0, 4), 'type'])),
  )

/** `${env.NAME}`, also with a default: `${env.NAME || 'default'}`. cagent reads any JavaScript there. */
const template = ({ path, value }: TextPlace, { env, lenient }: ExpandOptions): Expanded => {
  const findings: Finding[] = []
  const text = value.replace(/\$\{([^}]*)\}/g, (part, expression: string) => {
    const choices = choicesIn(expression.trim())
    if (!choices) {
      findings.push({ path, part, ...otherExpression(expression) })
      return part
    }
    const isMissing = choices.every(choice => 'variable' in choice && env[choice.variable] === undefined)
    if (isMissing && !lenient) findings.push({ path, part, ...notSet(choices) })
    return firstSet(choices, env)
  })
  return { path, text, findings }
}

/** A command that is not used needs no variables: what is missing there is worth a word, and no more. */
const commandTemplate = (place: TextPlace, options: ExpandOptions): Expanded => {
  const expanded = template(place, options)
  const findings = expanded.findings
    .filter(({ part }) => !/^\$\{args(\[\d+\]|\.join\((" "|' ')\))?\}$/.test(part ?? ''))
    .map(finding => (finding.what.startsWith('not supported') ? finding : { ...finding, warning: true as const }))
  return { ...expanded, findings }
}

/** Arguments of a call are filled in when it is made. */
const endpointTemplate = (place: TextPlace, options: ExpandOptions): Expanded => {
  const expanded = template(place, options)
  const parts = argumentsIn(place.value).map(({ part }) => part)
  return { ...expanded, findings: expanded.findings.filter(({ part = '' }) => !parts.includes(part)) }
}

type Choice = { readonly variable: string } | { readonly text: string }

/** The parts of `env.A || env.B || 'text'`; nothing where it is another expression. */
const choicesIn = (expression: string): Choice[] | undefined => {
  const parts = expression.split(/\|\||\?\?/).map(part => choiceOf(part.trim()))
  return parts.every(part => part !== undefined) ? parts : undefined
}

const choiceOf = (part: string): Choice | undefined => {
  const [, dotted, , bracketed] = /^env(?:\.(\w+)|\[(['"`])(.+)\2\])$/.exec(part) ?? []
  const variable = dotted ?? bracketed
  if (variable !== undefined) return { variable }
  const [, , quoted] = /^(['"`])(.*)\1$/s.exec(part) ?? []
  return quoted === undefined ? undefined : { text: quoted }
}

const firstSet = (choices: readonly Choice[], env: Environment): string =>
  choices.map(choice => ('text' in choice ? choice.text : env[choice.variable])).find(Boolean) ?? ''

const notSet = (choices: readonly Choice[]) => {
  const names = choices.flatMap(choice => ('variable' in choice ? [choice.variable] : []))
  const what = names.length === 1 ? variableNotSet(names[0] ?? '') : `None of the variables ${names.join(', ')} is set.`
  return { what, hint: `Set it, or give a default: \${env.${names.join(' || env.')} || 'text'}.` }
}

const variableNotSet = (name: string): string => `The environment variable ${name} is not set.`

/** A name that JavaScript does not know leaves the text as it is in cagent, and so it does here. */
const otherExpression = (expression: string): Omit<Finding, 'path'> =>
  /^[A-Za-z_$][\w$]*$/.test(expression.trim())
    ? { warning: true, what: `\${${expression}} is not filled in here.`, hint: `Write \${env.${expression.trim()}}.` }
    : {
        what: `not supported yet: the expression \${${expression}}`,
        hint: `Only \${env.NAME} is filled in, also with a default: \${env.NAME || 'text'}.`,
      }

/** `$NAME` and `${NAME}`, as a shell has it. */
const shellStyle = ({ path, value }: TextPlace, { env, lenient }: ExpandOptions): Expanded => {
  const findings: Finding[] = []
  const text = value.replace(/\$(?:\{([^}]*)\}|(\w+))/g, (part, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? ''
    const isTemplate = name.startsWith('env.')
    const hint = isTemplate ? { hint: `Here it is $${name.slice('env.'.length)}, without env.` } : {}
    if (env[name] === undefined && !lenient) findings.push({ path, part, what: variableNotSet(name), ...hint })
    return env[name] ?? ''
  })
  return { path, text, findings }
}

/** Texts that look as if something were filled in, and are sent as they are. */
const notFilledIn = (file: Json): Finding[] => [
  ...partsOf(textsAt(file, 'agents.*.instruction'), /\$\{env\.\w+[^}]*\}/g, part => ({
    what: `An instruction is sent as it stands: ${part} is not filled in.`,
  })),
  ...partsOf(commandTexts(file), /\$[A-Z_][A-Z0-9_]*\b/g, part => ({
    what: `${part} is not filled in here.`,
    hint: `Write \${env.${part.slice(1)}}.`,
  })),
]

const partsOf = (
  places: readonly TextPlace[],
  pattern: RegExp,
  mistake: (part: string) => { what: string; hint?: string },
): Finding[] =>
  places.flatMap(({ path, value }) =>
    [...new Set(value.match(pattern))].map((part): Finding => ({ path, part, warning: true, ...mistake(part) })),
  )
