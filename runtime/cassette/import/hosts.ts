import { isFields } from './fields.ts'

/**
 * Recordings at a stand-in for the provider name no host, only a path. This is whom it most likely stood for; who knows
 * better says so (`--origin`), and then all of them are of that host.
 */
const hosts: readonly (readonly [path: RegExp, origin: string])[] = [
  [/^\/openai\/v1\//, 'https://api.groq.com'],
  [/^\/api\/v1\//, 'https://openrouter.ai'],
  [/^\/v1beta\/models\//, 'https://generativelanguage.googleapis.com'],
  [/\/messages(?:$|\?)/, 'https://api.anthropic.com'],
  [/^\/v1\/|\/chat\/completions|\/responses(?:$|\?)/, 'https://api.openai.com'],
]

/** Models that are served by one provider alone, where the path is everybody's. */
const models: readonly (readonly [model: RegExp, origin: string])[] = [
  [/^(?:mi|mini|code|pix|dev|magi)stral/, 'https://api.mistral.ai'],
  [/^grok/, 'https://api.x.ai'],
  [/^deepseek-(?:chat|reasoner)/, 'https://api.deepseek.com'],
]

const nowhere = 'https://unknown.invalid'

export const isHostless = (url: unknown): url is string => typeof url === 'string' && url.startsWith('/')

/** The URL as it was recorded, or with the host that it most likely had. */
export const urlOf = (
  { url, asked }: { readonly url: unknown; readonly asked?: unknown },
  known: string | undefined,
): string => {
  if (typeof url !== 'string') return nowhere
  return isHostless(url) ? `${known?.replace(/\/$/, '') ?? hostFor(url, asked)}${url}` : url
}

const hostFor = (path: string, asked: unknown): string => {
  const host = hosts.find(([pattern]) => pattern.test(path))?.[1] ?? nowhere
  if (host !== 'https://api.openai.com') return host
  const model = modelIn(asked)
  return models.find(([pattern]) => pattern.test(model))?.[1] ?? host
}

const modelIn = (asked: unknown): string => {
  if (isFields(asked)) return typeof asked['model'] === 'string' ? asked['model'] : ''
  return typeof asked === 'string' ? (/"model"\s*:\s*"([^"]+)"/.exec(asked)?.[1] ?? '') : ''
}
