import type { Interaction } from '../../core/cassette.ts'
import type { JsonObject } from '../../core/json.ts'
import type { OpenCassette } from '../file/file.ts'
import { mappingText } from '../file/yaml-write.ts'
import { millisecondsIn } from '../view/transcript.ts'
import type { Exporting } from './exporting.ts'
import { reasonFor } from './reasons.ts'

export type GoVcrExporting = Exporting & {
  /** Puts real places back for placeholders: go-vcr and cagent compare texts, and know none. */
  readonly restore: (text: string) => string
}

/** Whether go-vcr can hold an interaction: HTTP that was answered to its end. */
export const isForGoVcr = ({ request, response, state }: Interaction): boolean =>
  /^https?:/.test(request.url) && response.status > 0 && state === undefined

/** The HTTP traffic of a recording, piece by piece, as go-vcr writes it in its version 2 and cagent reads it. */
export function* goVcrText({ entries, load }: OpenCassette, exporting: GoVcrExporting): Generator<string> {
  yield '---\nversion: 2\ninteractions:\n'
  let count = 0
  for (const { id } of entries) {
    const interaction = load(id)
    if (!isForGoVcr(interaction)) continue
    yield `    - id: ${count}\n      request:\n        ${requestText(interaction, exporting)}\n`
    yield `      response:\n        ${responseText(interaction, exporting)}\n`
    count++
  }
}

const proto = (version: '1.1' | '2.0'): JsonObject => ({
  proto: `HTTP/${version}`,
  proto_major: Number(version[0]),
  proto_minor: Number(version[2]),
})

const requestText = ({ request }: Interaction, { restore }: GoVcrExporting): string => {
  const url = restore(request.url)
  return mappingText(
    {
      ...proto('1.1'),
      content_length: 0,
      host: URL.canParse(url) ? new URL(url).host : '',
      body: restore(bodyText(request)),
      headers: {},
      url,
      method: request.method,
    },
    8,
  )
}

/** As the clients of cagent write it; Google's ends a body with a line. */
const bodyText = ({ body, protocol }: Interaction['request']): string => {
  if (body === null) return ''
  if (typeof body === 'string') return body
  return JSON.stringify(body) + (protocol === 'gemini' ? '\n' : '')
}

const responseText = (interaction: Interaction, { played }: GoVcrExporting): string => {
  const { status, headers = {}, encoding, chunks } = interaction.response
  const bytes = played(interaction)
  const head = mappingText({ ...proto('2.0'), content_length: -1 }, 8)
  const body =
    encoding === 'base64' ? `body: !!binary ${bytes.toString('base64')}` : mappingText({ body: bytes.toString() }, 8)
  const rest = mappingText(
    {
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [canonicalName(name), [value]])),
      status: `${status} ${reasonFor(status)}`.trim(),
      code: status,
      duration: `${millisecondsIn(chunks)}ms`,
    },
    8,
  )
  return [head, body, rest].join('\n        ')
}

/** Go finds a header field by this spelling alone. */
const canonicalName = (name: string): string =>
  name.toLowerCase().replace(/(^|-)[a-z]/g, letters => letters.toUpperCase())
