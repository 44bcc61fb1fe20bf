import { Failure } from '../runtime/core/errors.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import { type Tool, type ToolContext, ToolFailure, type Toolset } from '../runtime/core/tool.ts'
import { checked, type Declaration, type Parameters, parametersOf } from './declared.ts'
import { mustBePublic } from './http/private.ts'
import { request } from './http/request.ts'

export type ApiConfig = {
  readonly api_config?: Api | undefined
}

export type Api = Declaration & {
  readonly name?: string | undefined
  readonly instruction?: string | undefined
  /** An address in which `${name}` stands for an argument. */
  readonly endpoint?: string | undefined
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const timeout = 30
const mostBytes = 1_000_000

/** Characters of a reply that a model is shown, as in cagent. */
const most = 30_000

/** Methods, and whether what they send stands in a body. Only those that change nothing go ahead without a question. */
const methods: Readonly<Record<string, { readonly hasBody: boolean; readonly readOnly: boolean }>> = {
  GET: { hasBody: false, readOnly: true },
  HEAD: { hasBody: false, readOnly: true },
  DELETE: { hasBody: false, readOnly: false },
  POST: { hasBody: true, readOnly: false },
  PUT: { hasBody: true, readOnly: false },
  PATCH: { hasBody: true, readOnly: false },
}

/** One request as a tool. Throws a Failure('config') for one that could never be sent. */
export const apiToolset = ({ api_config: api = {} }: ApiConfig): Toolset => {
  const tool = apiTool(api)
  return {
    name: 'api',
    ...(api.instruction !== undefined && { instructions: api.instruction }),
    open: async () => [tool],
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const apiTool = (api: Api): Tool => {
  const { name, endpoint, method = 'GET', instruction } = api
  const verb = method.toUpperCase()
  const known = Object.hasOwn(methods, verb) ? methods[verb] : undefined
  if (!name || !endpoint) throw new Failure('config', 'An api toolset needs a name and an endpoint in its api_config.')
  if (!known) throw new Failure('config', `The api tool ${name} has the unknown method ${method}.`)
  const parameters = parametersOf(name, api)
  const address = templateOf(name, endpoint, parameters)
  return {
    name,
    description: instruction ?? `${verb} ${endpoint}`,
    parameters: parameters.schema,
    ...(known.readOnly && { readOnly: true }),
    async execute(input, context) {
      const given = checked(name, parameters, input)
      const body = known.hasBody ? JSON.stringify(given) : undefined
      return [{ type: 'text', text: await answer({ api, verb, url: address(given), body }, context) }]
    },
  }
}

type Call = { readonly api: Api; readonly verb: string; readonly url: URL; readonly body: string | undefined }

const answer = async ({ api, verb, url, body }: Call, context: ToolContext): Promise<string> => {
  const own = originOf(api.endpoint ?? '')
  const reply = await request(
    {
      url,
      method: verb,
      headers: {
        accept: 'application/json, */*;q=0.5',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...api.headers,
      },
      ...(body !== undefined && { body }),
      timeout,
      mostBytes,
      // The author may name any server; a model and a redirect may not lead into the private network.
      mayGo: async address => (address.origin === own ? undefined : await mustBePublic(address)),
    },
    context,
  )
  const text = new TextDecoder().decode(reply.bytes)
  const shown = text.length > most ? `${text.slice(0, most).toWellFormed()}\n\n[Cut here: there is more.]` : text
  if (reply.status >= 400) throw new ToolFailure(`HTTP ${reply.status}: ${shown}`)
  return shown || `HTTP ${reply.status}`
}

/** The server that an endpoint names itself; nothing where an argument says which. */
const originOf = (endpoint: string): string | undefined => {
  const [, origin = ''] = /^(https?:\/\/[^/?#]*)/i.exec(endpoint) ?? []
  return origin === '' || origin.includes('$') ? undefined : new URL(origin).origin
}

/**
 * From arguments to an address. What is put in stays in its place: it can add no path, no query and no other server. In a
 * replay the address may hold stand-ins for secrets, which are no arguments and stay as they are.
 */
const templateOf = (tool: string, endpoint: string, { properties }: Parameters): ((given: JsonObject) => URL) => {
  const expressions = /\$\{\s*([\w$-]+)\s*\}/g
  for (const [whole, name = ''] of endpoint.matchAll(expressions)) {
    if (Object.hasOwn(properties, name)) continue
    throw new Failure('config', `The endpoint of the api tool ${tool} uses ${whole}, which is not one of its args.`)
  }
  return given => {
    const text = endpoint.replace(expressions, (_, name: string) => part(name, given))
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
      throw new ToolFailure(`${text} is not an http or https address, so nothing was sent.`)
    return new URL(text)
  }
}

const part = (name: string, given: JsonObject): string => {
  const value: Json = given[name] ?? ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  // An address takes these two as a way upwards, even when they are escaped.
  if (/^\.\.?$/.test(text)) throw new ToolFailure(`The parameter ${name} cannot be ${text}.`)
  return encodeURIComponent(text.toWellFormed())
}
