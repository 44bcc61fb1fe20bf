import type { Interaction, RecordedResponse } from '../../core/cassette.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { broughtBy } from './alike.ts'
import type { Alike } from './alike-write.ts'
import type { Delta } from './delta.ts'
import { agentOf } from './lanes.ts'
import { folded } from './marks.ts'
import type { Names } from './names.ts'
import { plainJson } from './own.ts'
import type { Requests } from './requests.ts'
import { type Anchors, entryText, mappingText } from './yaml-write.ts'

/** What was written before, and need not be written again. */
export type Written = {
  readonly requests: Requests
  readonly names: Names
  /** Of a slim recording alone: the ways in which requests went on. */
  readonly alike?: Alike
}

/**
 * An interaction as an item of the list, in the order in which it is read: who asked, what, and what came back, words
 * before bytes. `state` is always its last line, so that an item without it is known to be torn.
 */
export const itemText = (given: Interaction, written: Written): string => {
  const interaction = plainJson(given as unknown as Json) as unknown as Interaction
  const { id, agent, lane, rank, key, recorded, response, state = 'complete' } = interaction
  const head = mappingText(
    defined({
      id,
      agent: agent === agentOf(lane) ? undefined : agent,
      lane: lane === 'root' ? undefined : lane,
      rank,
      key,
      recorded,
    }),
    4,
  )
  const request = requestText(interaction, written)
  const { method } = interaction.request
  written.alike?.remember({ id, lane, method, brought: broughtBy(method, interaction.request, response) })
  return `  - ${head}\n    request:\n${request}\n${responseText(interaction, response, written.names)}\n    state: ${state}\n`
}

const defined = (entries: { readonly [key: string]: Json | undefined }): JsonObject =>
  Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, Json] => entry[1] !== undefined))

const lines = (value: JsonObject): string[] => (Object.keys(value).length > 0 ? [`      ${mappingText(value, 6)}`] : [])

const field = (key: string, value: Json, anchors?: Anchors): string => `      ${key}:${entryText(value, 6, anchors)}`

const requestText = ({ id, lane, request }: Interaction, { requests, names, alike }: Written): string => {
  const { method, url, provider, protocol, operation, body } = request
  const isEffect = protocol === undefined && !/^https?:/.test(url)
  const anchors = isEffect ? names.naming(`asked-${id}`) : names.repeating
  const tree = (value: Json) => folded(value, isEffect ? undefined : names.isKnown)
  const continued = requests.continued(id, request)
  if (!continued) {
    return [...lines(defined({ method, url, provider, protocol, operation })), field('body', tree(body), anchors)].join(
      '\n',
    )
  }
  const { earlier, delta } = continued
  const called = Object.entries({ method, url, provider, protocol, operation }).filter(
    ([key, value]) => value !== earlier[key as 'provider'],
  )
  const isGrown = Object.keys(delta).join() === 'append' && called.length === 0
  const likeness = isGrown ? alike?.likeness({ id, lane }, continued.id, delta.append as JsonObject) : undefined
  return [
    ...lines(defined({ extends: continued.id, ...Object.fromEntries(called), ...likeness })),
    ...(likeness ? [] : deltaTexts(delta, tree, anchors)),
  ].join('\n')
}

const deltaTexts = ({ drop, insert, set, append }: Delta, tree: (value: Json) => Json, anchors: Anchors): string[] => {
  const each = (values: Readonly<Record<string, Json>>): JsonObject =>
    Object.fromEntries(Object.entries(values).map(([path, value]) => [path, tree(value)]))
  return [
    ...(drop ? [field('drop', drop)] : []),
    ...(insert ? [field('insert', each(insert), anchors)] : []),
    ...(set ? [field('set', each(set), anchors)] : []),
    ...(append ? [field('append', each(append), anchors)] : []),
  ]
}

const responseText = ({ id, request }: Interaction, response: RecordedResponse, names: Names): string => {
  const { status, headers, said, body, encoding, chunks, error } = response
  const isEffect = request.protocol === undefined && !/^https?:/.test(request.url)
  const isCrLf = typeof body === 'string' && !isEffect && hasOnlyCrLf(body)
  const shown = isCrLf ? body.replaceAll('\r\n', '\n') : body
  const fields = [
    ...lines(defined({ status: status === 200 && (isEffect || body === undefined) ? undefined : status, headers })),
    ...(said === undefined ? [] : [field('said', folded(said), names.naming(`said-${id}`))]),
    ...(isCrLf ? [field('newlines', 'CRLF')] : []),
    ...(shown === undefined ? [] : [field('body', folded(shown), isEffect ? names.naming(`answer-${id}`) : undefined)]),
    ...lines(defined({ encoding, chunks, error })),
  ]
  return fields.length === 0 ? '    response: {}' : ['    response:', ...fields].join('\n')
}

/** Gemini's streams end their lines so; a text of which that is told once is as readable as any other. */
const hasOnlyCrLf = (text: string): boolean => text.includes('\r\n') && !/(?<!\r)\n|\r(?!\n)/.test(text)
