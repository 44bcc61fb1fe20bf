import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { bytesOf } from '../file/body.ts'
import type { OpenCassette } from '../file/file.ts'
import { type Html, html, jsonInPage } from './html.ts'

/**
 * What stands in a page of the interactions as they are in the cassette. A conversation's requests repeat each other, so
 * each part of them is there once: a request is a tree in which `{ "§": [3, 4, 7, 7] }` stands for a list of the parts
 * 3, 4 and 7: from, to, from, to.
 */
type Data = {
  readonly requests: Readonly<Record<string, Json>>
  readonly responses: Readonly<Record<string, string>>
  readonly parts: readonly Json[]
}

/** All requests and responses, for the page's script to show when a person opens them. */
export const dataOf = (cassette: OpenCassette): Html => {
  const parts = new Parts()
  const interactions = cassette.entries.map(({ id }) => cassette.load(id))
  const data: Data = {
    requests: Object.fromEntries(interactions.map(({ id, request }) => [id, inParts(request.body, parts)])),
    responses: Object.fromEntries(interactions.map(({ id, response }) => [id, bytesOf(response).toString('utf8')])),
    parts: parts.all,
  }
  return html`<script type="application/json" id="data">${jsonInPage(data)}</script>`
}

/** Requests that were put together share what did not change, so most parts are known without looking into them. */
class Parts {
  readonly all: Json[] = []
  readonly #known = new Map<object, number>()
  readonly #texts = new Map<string, number>()

  numberOf(part: JsonObject | readonly Json[]): number {
    const known = this.#known.get(part)
    if (known !== undefined) return known
    const text = JSON.stringify(part)
    const number = this.#texts.get(text) ?? this.all.push(part) - 1
    this.#texts.set(text, number)
    this.#known.set(part, number)
    return number
  }
}

const inParts = (body: Json, parts: Parts): Json => {
  if (!isJsonObject(body)) return body
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, listInParts(value, parts)]))
}

const listInParts = (value: Json, parts: Parts): Json => {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isContainer)) return value
  const ranges: number[] = []
  for (const part of value) {
    const number = parts.numberOf(part)
    if (ranges.at(-1) === number - 1) ranges[ranges.length - 1] = number
    else ranges.push(number, number)
  }
  return { '§': ranges }
}

const isContainer = (value: Json): value is JsonObject | readonly Json[] => typeof value === 'object' && value !== null
