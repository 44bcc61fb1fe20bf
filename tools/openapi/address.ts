import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { Operation, Parameter } from './operations.ts'

/** Where a call goes, with what of it stands in the header. What a model gives stays in its place. */
export const addressOf = (
  { server, path, parameters }: Operation,
  input: JsonObject,
  base: string | undefined,
): { url: URL; headers: Record<string, string> } => {
  const given = parameters.flatMap(parameter => {
    const value = input[parameter.name]
    return value === undefined ? [] : [{ parameter, value }]
  })
  const at = (place: Parameter['in']) => given.filter(({ parameter }) => parameter.in === place)
  const filled = at('path').reduce(
    (text, { parameter, value }) => text.replaceAll(`{${parameter.key}}`, () => segment(parameter, value)),
    path,
  )
  if (!URL.canParse(server, base)) throw new ToolFailure(`${server} is no address of a server, so nothing was sent.`)
  const url = new URL(server, base)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${filled.replace(/^\//, '')}`
  const query = at('query').flatMap(({ parameter, value }) => pairsOf(parameter, value))
  if (query.length > 0) url.search = [url.search.slice(1), ...query].filter(text => text !== '').join('&')
  const cookies = at('cookie').flatMap(({ parameter, value }) => pairsOf(parameter, value))
  return {
    url,
    headers: {
      ...Object.fromEntries(at('header').map(({ parameter, value }) => [parameter.key, headerValue(parameter, value)])),
      ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
    },
  }
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
const escaped = (value: Json): string => encodeURIComponent(textOf(value).toWellFormed())

/** Lists and objects as texts in a row: OpenAPI's styles `simple` and `form` without explosion. */
const row = (value: Json, text: (value: Json) => string): string => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(text).join(',')
  if (!isJsonObject(value)) return text(value)
  return Object.entries(value)
    .flatMap(([key, inner]) => [text(key), text(inner)])
    .join(',')
}

const segment = ({ name, json }: Parameter, value: Json): string => {
  const text = json ? escaped(JSON.stringify(value)) : row(value, escaped)
  // An address takes these two as a way upwards, even when they are escaped; and an empty one is another address.
  if (/^(\.|%2e){1,2}$/i.test(text) || text === '') {
    throw new ToolFailure(`The parameter ${name} cannot be ${JSON.stringify(value)}.`)
  }
  return text
}

const headerValue = ({ name, json }: Parameter, value: Json): string => {
  const text = json ? JSON.stringify(value) : row(value, textOf)
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) {
    throw new ToolFailure(`The parameter ${name} holds a character that no header can.`)
  }
  return text
}

/** Separators of lists in the styles that have one of their own. */
const separators: Readonly<Record<string, string>> = { spaceDelimited: '%20', pipeDelimited: '|' }

const pairsOf = ({ key, style, explode, json }: Parameter, value: Json): string[] => {
  const name = encodeURIComponent(key)
  if (json) return [`${name}=${escaped(JSON.stringify(value))}`]
  if (Array.isArray(value)) {
    const texts = (value as readonly Json[]).map(escaped)
    return explode ? texts.map(text => `${name}=${text}`) : [`${name}=${texts.join(separators[style] ?? ',')}`]
  }
  if (!isJsonObject(value)) return [`${name}=${escaped(value)}`]
  const fields = Object.entries(value).map(([field, inner]) => [encodeURIComponent(field), escaped(inner)] as const)
  if (style === 'deepObject') return fields.map(([field, text]) => `${name}[${field}]=${text}`)
  return explode ? fields.map(([field, text]) => `${field}=${text}`) : [`${name}=${fields.flat().join(',')}`]
}
