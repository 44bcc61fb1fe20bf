import type { CassetteHeader, Interaction, RecordedResponse } from '../../core/cassette.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { Redactor } from '../redact/redact.ts'

/** A credential that stands in a recording: in which field, of which kind, and the words around it without it. */
export type Finding = { readonly where: string; readonly what: string; readonly around: string }

/**
 * An interaction as it would be written today, for a recording that is older or by others. Give a redactor without places:
 * those are placeholders already. Its key is left out where the request has changed, since it no longer fits.
 */
export const cleaned = (interaction: Interaction, redactor: Redactor): Interaction => {
  const { key, ...rest } = interaction
  const { request } = interaction
  const { url, operation } = request
  const clean = {
    ...request,
    url: redactor.text(url),
    ...(operation !== undefined && { operation: redactor.text(operation) }),
    body: redactor.json(request.body),
  }
  const keeps = key !== undefined && JSON.stringify(clean) === JSON.stringify(request)
  return { ...rest, request: clean, response: cleanResponse(interaction.response, redactor), ...(keeps && { key }) }
}

const cleanResponse = (response: RecordedResponse, redactor: Redactor): RecordedResponse => {
  const { headers, said, error } = response
  return {
    ...response,
    ...(headers && { headers: redactor.json(headers) as typeof headers }),
    ...(said !== undefined && { said: redactor.json(said) }),
    ...cleanBody(response, redactor),
    ...(error && { error: redactor.json(error) as typeof error }),
  }
}

const cleanBody = ({ body, encoding }: RecordedResponse, redactor: Redactor): Pick<RecordedResponse, 'body'> => {
  if (body === undefined) return {}
  if (typeof body !== 'string') return { body: redactor.json(body) }
  if (encoding === undefined) return { body: redactor.body(body) }
  const bytes = Buffer.from(body, 'base64')
  const clean = Buffer.from(redactor.bytes(bytes))
  return clean.equals(bytes) ? { body } : { body: clean.toString('base64') }
}

/** What stands above the interactions, as it would be written today. */
export const cleanedHeader = (header: CassetteHeader, redactor: Redactor): CassetteHeader =>
  redactor.json(header) as CassetteHeader

/** What cleaning has changed, leaf by leaf; nothing for a recording that is safe. */
export const findingsBetween = (before: unknown, after: unknown, where = ''): Finding[] => {
  if (typeof before === 'string' || typeof before === 'number') return findingsIn(`${before}`, `${after}`, where)
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.flatMap((item, index) => findingsBetween(item, after[index], `${where}[${index}]`))
  }
  if (!isJsonObject(before) || !isJsonObject(after)) return []
  const names = Object.keys(after)
  return Object.entries(before).flatMap(([name, item], index) => {
    // A key that is a credential itself has another name now, in the same place.
    const now = name in after ? name : (names[index] ?? name)
    const path = where === '' ? now : `${where}.${now}`
    return [...findingsIn(name, now, path), ...findingsBetween(item as Json, after[now], path)]
  })
}

const placeholders = /\$\{secret:([\w.:-]+)\}/g

/** One for each placeholder that was not there before. */
const findingsIn = (before: string, after: string, where: string): Finding[] => {
  if (before === after) return []
  const old: string[] = before.match(placeholders) ?? []
  const isNew = (placeholder: string): boolean => {
    const known = old.indexOf(placeholder)
    if (known !== -1) old.splice(known, 1)
    return known === -1
  }
  return [...after.matchAll(placeholders)]
    .filter(([placeholder]) => isNew(placeholder))
    .map(({ index, 0: { length }, 1: what = '' }) => {
      return { where, what, around: after.slice(Math.max(0, index - 30), index + length + 30) }
    })
}
