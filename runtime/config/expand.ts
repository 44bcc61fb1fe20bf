import type { Json } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import { type Place, placesOf, setAt, valueAt } from './paths.ts'
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
    ...commandTexts(file).map(place => command(template(place, options))),
    ...environmentTexts(file).map(place => shellStyle(place, options)),
  ]
  const findings = [...found.flatMap(({ findings }) => findings), ...verbatim(file)]
  // What an alias repeats is one and the same: all is read before any is written.
  for (const { path, text } of found) setAt(file, path, text)
  return findings
}

type TextPlace = Place & { readonly value: string }
type Expanded = { readonly path: Place['path']; readonly text: string; readonly findings: readonly Finding[] }

const textsAt = (file: Json, pattern: string): TextPlace[] =>
  placesOf(file, pattern).filter((place): place is TextPlace => typeof place.value === 'string')

const commandTexts = (file: Json): TextPlace[] =>
  ['*', '*.*', '*.*.instruction', '*.*.description']
    .flatMap(pattern => textsAt(file, `agents.*.commands.${pattern}`))
    .filter(({ value }) => value.includes('$'))

const environmentTexts = (file: Json): TextPlace[] =>
  textsAt(file, 'agents.*.toolsets.*.env.*').filter(({ path }) =>
    worksAlready(valueAt(file, [...path.slice(0, 4), 'type'])),
  )

const placeholder = /\$\{([^}]*)\}/g

/** `${env.NAME}`, `${env.NAME || 'default'}`, `${env.NAME ?? 'default'}`; cagent reads any JavaScript there. */
const template = ({ path, value }: TextPlace, options: ExpandOptions): Expanded => {
  const findings: Finding[] = []
  const text = value.replace(placeholder, (whole, expression: string) => {
    const parts = alternatives(expression.trim())
    if (parts) return chosen(parts, options) ?? missing(parts, { path, options, findings })
    // A name that JavaScript does not know leaves the text as it is, and so does cagent.
    if (!/^[\w$.[\]]*$/.test(expression) || expression === '') {
      findings.push({ path, what: `not supported yet: the expression ${whole}`, ...expressionHint })
    } else if (!/^args\b/.test(expression)) {
      findings.push({
        path,
        warning: true,
        what: `${whole} is not filled in here.`,
        hint: `Write \${env.${expression}}.`,
      })
    }
    return whole
  })
  return { path, text, findings }
}

const expressionHint = { hint: `Only \${env.NAME} is filled in, also with a default: \${env.NAME || 'text'}.` }

type Part = { readonly variable: string } | { readonly text: string }

/** The parts of `env.A || env.B || 'text'`; nothing where it is another expression. */
const alternatives = (expression: string): Part[] | undefined => {
  const parts = expression.split(/\|\||\?\?/).map(part => partOf(part.trim()))
  return parts.every(part => part !== undefined) ? parts : undefined
}

const partOf = (part: string): Part | undefined => {
  const [, dotted, , bracketed] = /^env(?:\.(\w+)|\[(['"`])(.+)\2\])$/.exec(part) ?? []
  const variable = dotted ?? bracketed
  if (variable !== undefined) return { variable }
  const [, , quoted] = /^(['"`])(.*)\1$/s.exec(part) ?? []
  return quoted === undefined ? undefined : { text: quoted }
}

const chosen = (parts: readonly Part[], { env }: ExpandOptions): string | undefined => {
  const found = parts.map(part => ('text' in part ? part.text : env[part.variable])).find(Boolean)
  return found ?? (parts.some(part => 'text' in part) ? '' : undefined)
}

const missing = (
  parts: readonly Part[],
  { path, options, findings }: { path: Place['path']; options: ExpandOptions; findings: Finding[] },
): string => {
  const names = parts.flatMap(part => ('variable' in part ? [part.variable] : []))
  // Set, but empty: then that is what was meant.
  if (options.lenient || names.some(name => options.env[name] !== undefined)) return ''
  const [name = ''] = names
  findings.push({ path, what: notSet(names), hint: `Set it, or give a default: \${env.${name} || 'text'}.` })
  return ''
}

const notSet = (names: readonly string[]): string =>
  names.length === 1
    ? `The environment variable ${names[0]} is not set.`
    : `None of the environment variables ${names.join(', ')} is set.`

/** Commands that are not used need no variables: what is missing there is only worth a word. */
const command = ({ findings, ...expanded }: Expanded): Expanded => ({
  ...expanded,
  findings: findings.map(finding =>
    finding.what.includes('environment variable') ? { ...finding, warning: true } : finding,
  ),
})

/** `$NAME` and `${NAME}`, as a shell has it. */
const shellStyle = ({ path, value }: TextPlace, { env, lenient }: ExpandOptions): Expanded => {
  const findings: Finding[] = []
  const text = value.replace(/\$(?:\{([^}]*)\}|(\w+))/g, (_, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare ?? ''
    if (env[name] === undefined && !lenient) {
      const isTemplate = name.startsWith('env.')
      findings.push({
        path,
        what: notSet([name]),
        ...(isTemplate && { hint: `Here it is $${name.slice(4)}, without env.` }),
      })
    }
    return env[name] ?? ''
  })
  return { path, text, findings }
}

/** Texts that look as if something were filled in, and are sent as they are. */
const verbatim = (file: Json): Finding[] => {
  const instructions = textsAt(file, 'agents.*.instruction').filter(({ value }) => /\$\{env\.\w+/.test(value))
  const commands = commandTexts(file).filter(({ value }) => /\$(?!args)([A-Z_]\w*|\{[A-Z_]\w*\})/.test(value))
  return [
    ...instructions.map(({ path }) => warning(path, `An instruction is sent as it stands: \${env.…} is not filled in.`)),
    ...commands.map(({ path }) => warning(path, `Only \${env.NAME} is filled in here, $NAME is not.`)),
  ]
}

const warning = (path: Place['path'], what: string): Finding => ({ path, what, warning: true })
