import { providers } from '../models/providers.ts'

/** What a URL in a foreign cassette stands for: whose it is, what is called, and in which protocol. */
export type Origin = { readonly provider: string; readonly operation: string; readonly protocol: string }

/** Older recordings have other versions in the path than the provider's base URL of today. */
const googleBase = /^https:\/\/generativelanguage\.googleapis\.com\/v\d\w*/

/** How each protocol's paths end. */
const endings: readonly [RegExp, string][] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/responses$/, 'openai-responses'],
  [/\/messages$/, 'anthropic-messages'],
  [/:(stream)?[gG]enerateContent$/, 'gemini'],
]

/** The provider and protocol behind a URL; nothing where the path is none of a protocol we speak. */
export const originOf = (url: string): Origin | undefined => {
  const path = url.split('?')[0] ?? ''
  const protocol = endings.find(([ending]) => ending.test(path))?.[1]
  if (!protocol) return undefined
  if (googleBase.test(url)) return { provider: 'google', operation: url.replace(googleBase, ''), protocol }
  const known = providers
    .filter(({ baseUrl }) => baseUrl !== '' && url.startsWith(`${baseUrl}/`))
    .sort((a, b) => b.baseUrl.length - a.baseUrl.length)[0]
  if (known) return { provider: known.name, operation: url.slice(known.baseUrl.length), protocol }
  const { host, pathname, search } = new URL(url)
  return { provider: host, operation: pathname + search, protocol }
}
