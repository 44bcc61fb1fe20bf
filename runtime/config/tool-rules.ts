import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import { nearest, oneOf } from './near.ts'
import { type Path, placesOf } from './paths.ts'

/** Tools that a file writes itself (`script`, `api`) and that could never be called as they stand, and hooks for no tool. */
export const toolFindings = (file: Json): Finding[] => [
  ...objectsAt(file, 'agents.*.toolsets.*.shell.*').flatMap(({ path, value }) => [
    ...undeclared(path, value),
    ...Object.keys(argsOf(value)).flatMap(name => variableFinding([...path, 'args', name], name)),
  ]),
  ...objectsAt(file, 'agents.*.toolsets.*.api_config').flatMap(({ path, value }) => [
    ...undeclared(path, value),
    ...methodFindings(path, value),
    ...endpointFindings(path, value),
  ]),
  ...placesOf(file, 'agents.*.hooks.*.*.matcher').flatMap(({ path, value }) => matcherFinding(path, value)),
  ...['agents.*.toolsets.*.toon', 'mcps.*.toon']
    .flatMap(pattern => placesOf(file, pattern))
    .flatMap(({ path, value }) => toonFindings(path, value)),
]

const objectsAt = (file: Json, pattern: string): { path: Path; value: JsonObject }[] =>
  placesOf(file, pattern).flatMap(({ path, value }) => (isJsonObject(value) ? [{ path, value }] : []))

const argsOf = ({ args }: JsonObject): JsonObject => (args !== undefined && isJsonObject(args) ? args : {})

const undeclared = (path: Path, tool: JsonObject): Finding[] => {
  const names = Object.keys(argsOf(tool))
  const required: readonly Json[] = Array.isArray(tool['required']) ? tool['required'] : []
  return required.flatMap((name, index) =>
    typeof name !== 'string' || names.includes(name)
      ? []
      : [unknownArgument([...path, 'required', index], name, names)],
  )
}

const unknownArgument = (path: Path, name: string, names: readonly string[], part?: string): Finding => ({
  path,
  ...(part !== undefined && { part }),
  what: `There is no arg "${name}".`,
  near: nearest(name, names),
  ...(names.length > 0 ? { expected: oneOf(names) } : { hint: 'Describe it under "args".' }),
})

const variableFinding = (path: Path, name: string): Finding[] =>
  /^[A-Za-z_]\w*$/.test(name)
    ? []
    : [
        {
          path,
          key: true,
          what: `The arg "${name}" cannot be a variable of the shell.`,
          hint: 'Use letters, digits and underscores, with no digit in front.',
        },
      ]

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const methodFindings = (path: Path, { method }: JsonObject): Finding[] =>
  typeof method !== 'string' || method === '' || methods.includes(method.toUpperCase())
    ? []
    : [{ path: [...path, 'method'], what: `There is no method "${method}".`, expected: oneOf(methods) }]

const endpointFindings = (path: Path, api: JsonObject): Finding[] => {
  const { endpoint } = api
  if (typeof endpoint !== 'string') return []
  const at = [...path, 'endpoint']
  const names = Object.keys(argsOf(api))
  const wrong = argumentsIn(endpoint).filter(({ name }) => !names.includes(name))
  // What a variable leads to is only known when it is filled in.
  const isAddress = /^(https?:\/\/|\$\{)/i.test(endpoint)
  return [
    ...(isAddress ? [] : [{ path: at, what: `"${endpoint}" is no address.`, expected: 'https://… or http://…' }]),
    ...wrong.map(({ name, part }) => unknownArgument(at, name, names, part)),
  ]
}

/** As policy/hooks.ts reads it. */
const matcherFinding = (path: Path, matcher: Json): Finding[] => {
  if (typeof matcher !== 'string' || matcher === '*') return []
  const why = whyNoExpression(`^(?:${matcher.replace(/^\(\?[is]+\)/, '')})$`)
  return why === undefined ? [] : [{ path, what: `The matcher is no regular expression: ${why}.` }]
}

/** As tools/wrap.ts reads it. */
const toonFindings = (path: Path, patterns: Json): Finding[] =>
  (typeof patterns === 'string' ? patterns.split(',') : []).flatMap(part => {
    const why = whyNoExpression(part.trim())
    return why === undefined ? [] : [{ path, part: part.trim(), what: `This is no regular expression: ${why}.` }]
  })

const whyNoExpression = (text: string): string | undefined => {
  try {
    new RegExp(text)
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '')
  }
}

/** Arguments that an endpoint names; variables are named with `env.` in front. */
export const argumentsIn = (endpoint: string): { readonly name: string; readonly part: string }[] =>
  [...endpoint.matchAll(/\$\{\s*([\w$-]+)\s*\}/g)].map(([part, name = '']) => ({ name, part }))
