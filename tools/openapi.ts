import type { Fetch } from '../runtime/core/border.ts'
import { isJsonObject, type JsonObject } from '../runtime/core/json.ts'
import type { ContentPart } from '../runtime/core/message.ts'
import { type Offer, type OfferingToolset, type ToolContext, ToolFailure } from '../runtime/core/tool.ts'
import { checked } from './declared.ts'
import { mustBePublic } from './http/private.ts'
import { type HttpReply, request } from './http/request.ts'
import { addressOf } from './openapi/address.ts'
import { written } from './openapi/body.ts'
import { type Operation, operationsIn } from './openapi/operations.ts'
import { unfit } from './schema/unfit.ts'

export type OpenapiConfig = {
  /** Where the specification is: an address, or a file. */
  readonly url?: string | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Seconds for each request. */
  readonly timeout?: number | undefined
  readonly allow_private_ips?: boolean | undefined
  /** The only operations that are offered. */
  readonly tools?: readonly string[] | undefined
}

/** What lies outside of the room. */
export type OpenapiWorld = {
  readonly fetch: Fetch
  /** The text of a file that the agent file names. */
  readonly read: (path: string) => Promise<string>
  /** Throws for what is no YAML, of which JSON is a part. */
  readonly yaml: (text: string) => Promise<unknown>
}

type Api = {
  readonly root: JsonObject
  readonly base: string | undefined
  readonly operations: readonly Operation[]
  readonly leftOut: readonly string[]
}

const defaultTimeout = 30
const mostOfSpecification = 10_000_000
const mostOfReply = 1_000_000

/** Characters of a reply that a model is shown, as in cagent. */
const most = 30_000

/** Characters of one operation as a tool. */
const largestTool = 200_000

/** More tools than this some providers refuse. */
const mostTools = 128

/**
 * The operations of an OpenAPI 3 specification as tools. It is read when they are asked for; one that cannot be read
 * offers nothing, and says why.
 */
export const openapiToolset = (config: OpenapiConfig, world: OpenapiWorld): OfferingToolset => {
  let loading: Promise<Api> | undefined
  const loaded = (signal: AbortSignal): Promise<Api> => {
    loading ??= apiOf(config, world, signal).catch(error => {
      loading = undefined
      throw error
    })
    return loading
  }
  return {
    name: nameOf(config.url ?? ''),
    async offer(signal) {
      try {
        return offerOf(await loaded(signal), config)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ToolFailure)) throw error
        return { tools: [], notices: [`The API of ${config.url} cannot be used: ${error.message}`] }
      }
    },
    news: async () => null,
    async call(name, input, context) {
      const api = await loaded(context.signal)
      const operation = api.operations.find(({ definition }) => definition.name === name)
      if (!operation) throw new ToolFailure(`The API of ${config.url} has no operation ${name} any more.`)
      return await called(operation, input, { api, config, context })
    },
    prompt: async () => {
      throw new ToolFailure('An API has no prompts.')
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const nameOf = (url: string): string => (isWeb(url) ? new URL(url).host : (url.split('/').at(-1) ?? 'openapi'))
const isWeb = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url)

const apiOf = async (config: OpenapiConfig, { fetch, read, yaml }: OpenapiWorld, signal: AbortSignal): Promise<Api> => {
  const { url = '' } = config
  const text = isWeb(url) ? await fetched(new URL(url), config, { fetch, signal }) : await read(url)
  const root = await yaml(text).catch(error => {
    const why = error instanceof Error ? error.message.split('\n')[0] : `${error}`
    if (why?.startsWith('nesting exceeded')) throw new ToolFailure('it is nested too deep to be read.')
    throw new ToolFailure(`it is neither JSON nor YAML (${why}).`)
  })
  if (!isJsonObject(root)) throw new ToolFailure('it is no specification.')
  if (!String(root['openapi'] ?? '').startsWith('3.')) {
    const version = root['swagger'] ?? root['openapi']
    throw new ToolFailure(
      version === undefined
        ? 'it is no OpenAPI specification.'
        : `it is written in version ${version}, and only OpenAPI 3 can be read.`,
    )
  }
  return { root, base: isWeb(url) ? url : undefined, ...operationsIn(root) }
}

const fetched = async (
  url: URL,
  { headers, timeout = defaultTimeout, allow_private_ips: isPrivate = false }: OpenapiConfig,
  context: Pick<ToolContext, 'fetch' | 'signal'>,
): Promise<string> => {
  const reply = await request(
    {
      url,
      method: 'GET',
      headers: { accept: 'application/json, application/yaml, */*;q=0.5', ...headers },
      timeout,
      mostBytes: mostOfSpecification,
      mayGo: async address => (isPrivate || address.origin === url.origin ? undefined : await mustBePublic(address)),
    },
    context,
  )
  if (reply.status >= 400) throw new ToolFailure(`HTTP ${reply.status}.`)
  if (reply.isCut) throw new ToolFailure('it is longer than 10 MB.')
  return new TextDecoder().decode(reply.bytes)
}

const offerOf = ({ root, operations, leftOut }: Api, { url, tools: only }: OpenapiConfig): Offer => {
  const wanted = only ? operations.filter(({ definition }) => only.includes(definition.name)) : operations
  const refusals = wanted.map(({ definition }) => unfit(definition, largestTool))
  const chosen = wanted.filter((_, index) => refusals[index] === undefined)
  const absent = only?.filter(name => !operations.some(({ definition }) => definition.name === name)) ?? []
  const missing = absent.filter(name => !leftOut.includes(name))
  const unsaid = only ? leftOut.filter(name => only.includes(name)) : leftOut
  const notices = [
    ...(missing.length > 0 ? [`The API of ${url} has no ${missing.join(', ')}.`] : []),
    ...(unsaid.length > 0 ? [`These want files, which cannot be sent, and are left out: ${unsaid.join(', ')}.`] : []),
    ...refusals.flatMap((why, index) =>
      why === undefined ? [] : [`${wanted[index]?.definition.name} of the API of ${url} is left out: ${why}.`],
    ),
    ...(chosen.length > mostTools
      ? [`The API of ${url} has ${chosen.length} operations, more than some models take; "tools" chooses among them.`]
      : []),
  ]
  const instructions = aboutOf(root)
  return {
    tools: chosen.map(({ definition }) => definition),
    ...(instructions && { instructions }),
    ...(notices.length > 0 && { notices }),
  }
}

const aboutOf = ({ info }: JsonObject): string => {
  const { title, description } = info !== undefined && isJsonObject(info) ? info : {}
  const [about = ''] = typeof description === 'string' ? description.trim().split('\n\n') : []
  return typeof title === 'string' && title.trim() !== '' ? `# ${title.trim()}\n\n${about.slice(0, 500)}`.trim() : ''
}

type Calling = { readonly api: Api; readonly config: OpenapiConfig; readonly context: ToolContext }

const called = async (operation: Operation, input: JsonObject, calling: Calling): Promise<readonly ContentPart[]> => {
  const { api, config, context } = calling
  const { definition, method, body } = operation
  const { parameters } = definition
  const properties = parameters['properties'] as Readonly<Record<string, JsonObject>>
  const given = checked(definition.name, { schema: parameters, properties }, input)
  const { url, headers } = addressOf(operation, given, api.base)
  const sent = body && written(body, given)
  const reply = await request(
    {
      url,
      method,
      headers: {
        accept: 'application/json, */*;q=0.5',
        ...(sent !== undefined && body && { 'content-type': body.mediaType }),
        ...headers,
        ...config.headers,
      },
      ...(sent !== undefined && { body: sent }),
      timeout: config.timeout ?? defaultTimeout,
      mostBytes: mostOfReply,
      mayGo: async address => (isTrusted(address, operation, calling) ? undefined : await mustBePublic(address)),
    },
    context,
  )
  const text = textOf(reply)
  if (reply.status >= 400) throw new ToolFailure(`HTTP ${reply.status}: ${text}`)
  return [{ type: 'text', text: text || `HTTP ${reply.status}` }]
}

/** The agent file may name any server, also by a file beside it; a specification from elsewhere only public ones. */
const isTrusted = (address: URL, { server }: Operation, { api, config }: Calling): boolean =>
  config.allow_private_ips === true || address.origin === new URL(api.base ?? server).origin

const textOf = ({ bytes, contentType }: HttpReply): string => {
  const text = new TextDecoder().decode(bytes)
  if (text.includes('\0')) return `(${contentType || 'no text'}, ${bytes.length} bytes)`
  return text.length > most ? `${text.slice(0, most).toWellFormed()}\n\n[Cut here: there is more.]` : text
}
