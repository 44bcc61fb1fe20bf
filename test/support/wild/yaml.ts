import {
  binaryTag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  load,
  loadAll,
  mapTag,
  mergeTag,
  seqTag,
} from 'js-yaml'
import { base64, callOf, type RecordedCall } from './body.ts'

/**
 * Tags of Python and Ruby name classes to build (`!!python/object/apply:multidict…`, `!ruby/object:…`). Nothing is
 * built: what stands under such a tag is read as the plain list, map or text it is.
 */
const foreign = ['!', 'tag:yaml.org,2002:python/', 'tag:yaml.org,2002:ruby/'].flatMap(prefix => [
  defineScalarTag(prefix, { matchByTagPrefix: true, resolve: text => text, identify: () => false }),
  defineSequenceTag(prefix, { ...seqTag, matchByTagPrefix: true, identify: () => false }),
  defineMappingTag(prefix, { ...mapTag, matchByTagPrefix: true, identify: () => false }),
])
const rubyBinary = defineScalarTag('!binary', { ...binaryTag, implicit: false })
const schema = CORE_SCHEMA.withTags(mergeTag, binaryTag, rubyBinary, ...foreign)

const loaded = (text: string): unknown => {
  try {
    return load(text, { schema })
  } catch (error) {
    // Some Python writers go on with a quoted text where its key stands, which is not deep enough for YAML.
    if (!/deficient indentation/.test(`${error}`)) throw error
    return load(text.replaceAll(/^(?!\s*(- |[\w-]+:( |$)))/gm, '    '), { schema })
  }
}

type VcrBody = string | Uint8Array | null | undefined | { string?: string | Uint8Array; base64_string?: string }
type VcrMessage = { headers?: unknown; body?: VcrBody; parsed_body?: unknown }
/** httpx through an old vcrpy has `status_code` and `content`. */
type VcrAnswer = VcrMessage & { status?: number | { code: number }; status_code?: number; content?: VcrBody }
type VcrCall = { request: VcrMessage & { method: string; uri: string }; response: VcrAnswer }

const vcrBody = ({ body, parsed_body }: VcrMessage): unknown => {
  if (parsed_body !== undefined) return parsed_body
  if (body === null || typeof body !== 'object' || body instanceof Uint8Array) return body
  if (body.base64_string !== undefined) return base64(body.base64_string)
  return 'string' in body || 'encoding' in body ? body.string : body
}

const vcrCall = ({ request, response }: VcrCall): RecordedCall =>
  callOf({
    method: request.method,
    url: request.uri,
    request: vcrBody(request),
    status: typeof response.status === 'object' ? response.status.code : (response.status ?? response.status_code),
    headers: response.headers,
    response: response.content ?? vcrBody(response),
  })

/** vcrpy, also with pydantic-ai's `parsed_body`. */
export const vcrpyCalls = (text: string): RecordedCall[] =>
  (loaded(text) as { interactions: VcrCall[] }).interactions.map(vcrCall)

/** Ruby's VCR, and R's, which keeps the same names. */
export const vcrCalls = (text: string): RecordedCall[] =>
  (loaded(text) as { http_interactions: VcrCall[] }).http_interactions.map(vcrCall)

type GoVcr = {
  interactions: {
    request: { method: string; url: string; body?: string }
    response: { code: number; headers?: unknown; body?: string }
  }[]
}

/** go-vcr, version 2. */
export const goVcrCalls = (text: string): RecordedCall[] =>
  (loaded(text) as GoVcr).interactions.map(({ request, response }) =>
    callOf({
      method: request.method,
      url: request.url,
      request: request.body,
      status: response.code,
      headers: response.headers,
      response: response.body,
    }),
  )

type Mock = {
  when: { path: string; method: string; body?: string }
  then: { status: number; header?: unknown; body?: string; body_base64?: string }
}

/** httpmock as rig writes it: one YAML document after the other, paths without a host. */
export const httpmockCalls = (text: string): RecordedCall[] =>
  loadAll(text, { schema })
    .map(document => document as Mock)
    .map(({ when, then }) =>
      callOf({
        method: when.method,
        url: when.path,
        request: when.body,
        status: then.status,
        headers: then.header,
        response: then.body_base64 === undefined ? then.body : base64(then.body_base64),
      }),
    )
