import { azureParts } from '../../models/azure.ts'
import { providers } from '../../models/providers.ts'

/** What a URL in a foreign cassette stands for: whose it is, what is called, and in which protocol. */
export type Origin = { readonly provider: string; readonly operation: string; readonly protocol: string }

/** How each protocol's paths end. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/responses$/, 'openai-responses'],
  [/\/messages$/, 'anthropic-messages'],
  [/:(stream)?[gG]enerateContent$/, 'gemini'],
]

/** Every base URL of today or before, the longest first: one may be the beginning of another. */
const bases: readonly { readonly url: string; readonly provider: string }[] = providers
  .flatMap(({ name, baseUrl, formerUrls = [] }) =>
    [baseUrl, ...formerUrls].filter(url => url !== '').map(url => ({ url, provider: name })),
  )
  .sort((a, b) => b.url.length - a.url.length)

/** The provider and protocol behind a URL; nothing where the path is none of a protocol we speak. */
export const originOf = (address: string): Origin | undefined => {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const protocol = endings.find(([ending]) => ending.test(url.pathname))?.[1]
  if (!protocol) return undefined
  const known = bases.find(base => address.startsWith(`${base.url}/`))
  if (known) return { provider: known.provider, operation: plain(address.slice(known.url.length)), protocol }
  const azure = azureParts(url)
  if (azure) return { provider: 'azure', operation: azure.operation, protocol }
  return { provider: url.host, operation: url.pathname + url.search, protocol }
}

/** A host that a project knows: what its addresses begin with, and what speaks there. */
export type ExtraOrigin = { readonly url: string; readonly provider: string; readonly protocol: string }

/** The same, with hosts that only a project knows, which go first. */
export const originsWith =
  (extra: readonly ExtraOrigin[] = []) =>
  (address: string): Origin | undefined => {
    const known = extra.find(({ url }) => address === url || address.startsWith(url.endsWith('/') ? url : `${url}/`))
    if (!known) return originOf(address)
    return {
      provider: known.provider,
      protocol: known.protocol,
      operation: address.slice(known.url.replace(/\/$/, '').length),
    }
  }

/** Anthropic's SDKs for what is in beta ask with a query that means nothing to the server. */
const plain = (operation: string): string => operation.replace(/\?beta=true$/, '')
