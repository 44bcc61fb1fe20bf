import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import { bytesOf } from './body.ts'
import type { OpenCassette } from './file.ts'
import { type Html, html, jsonInPage } from './report-html.ts'

/**
 * What stands in a page of the interactions as they are in the cassette. A conversation's requests repeat each other, so
 * each part of them is there once: a request is a tree in which `{ "§": [3, 4] }` stands for a list of those parts.
 */
type Data = {
  readonly parts: Json[]
  readonly requests: Record<string, Json>
  readonly responses: Record<string, string>
}

/** A shorter value is written out. */
const shortest = 40

/** All requests and responses, for the page's script to show when a person opens them. */
export const dataOf = (cassette: OpenCassette): Html => {
  const data: Data = { parts: [], requests: {}, responses: {} }
  const known = new Map<string, number>()
  const part = (value: Json): number => {
    const text = JSON.stringify(value)
    const found = known.get(text) ?? data.parts.push(value) - 1
    known.set(text, found)
    return found
  }
  for (const { id } of cassette.entries) {
    const { request, response } = cassette.load(id)
    data.requests[id] = inParts(request.body, part)
    data.responses[id] = bytesOf(response).toString('utf8')
  }
  return html`<script type="application/json" id="data">${jsonInPage(data)}</script>`
}

const inParts = (body: Json, part: (value: Json) => number): Json =>
  isJsonObject(body)
    ? (Object.fromEntries(Object.entries(body).map(([key, value]) => [key, valueInParts(value, part)])) as JsonObject)
    : body

const valueInParts = (value: Json, part: (value: Json) => number): Json =>
  Array.isArray(value) && JSON.stringify(value).length > shortest ? { '§': value.map(part) } : value
