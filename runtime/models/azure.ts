import type { Json } from '../core/json.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where a resource of Azure OpenAI is called: base URL, what comes before an operation's path, and its query. */
export type AzureAddress = { readonly baseUrl: string; readonly prefix: string; readonly query: string }

/**
 * A bare resource (`https://NAME.openai.azure.com`) is called at its v1 API, or, with an API version, at the deployment
 * that is named like the model. Any other URL is taken as it is, as cagent does. An empty one stands for a resource that
 * is not known, which is no matter for a replay.
 * https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export const azureAddress = (url: string, model: string, version: string | undefined): AzureAddress => {
  const query = version === undefined ? '' : `?api-version=${encodeURIComponent(version)}`
  const pathname = url === '' ? '/' : new URL(url).pathname
  const bare = pathname === '/' || pathname === '/openai'
  const base = pathname === '/' ? `${url}/openai` : url
  if (bare && version === undefined) return { baseUrl: `${base}/v1`, prefix: '', query }
  if (bare) return { baseUrl: base, prefix: `/deployments/${encodeURIComponent(model)}`, query }
  const deployment = /^(.*\/openai)(\/deployments\/[^/]+)$/.exec(url)
  if (deployment) return { baseUrl: deployment[1] ?? url, prefix: deployment[2] ?? '', query }
  return { baseUrl: url, prefix: '', query }
}

/** `provider_opts.api_version`, else the variables of the SDKs. */
export const azureVersion = (option: Json | undefined, env: Environment): string | undefined =>
  typeof option === 'string' && option !== ''
    ? option
    : env['AZURE_OPENAI_API_VERSION'] || env['OPENAI_API_VERSION'] || undefined

/** A URL on one of Azure's hosts, cut where `azureAddress` would put it together. */
export const azureParts = (url: URL): { readonly operation: string } | undefined => {
  if (!/\.(openai|cognitiveservices|services\.ai)\.azure\.com$/.test(url.hostname)) return undefined
  const [, path] = /^\/openai(?:\/v1)?(\/.*)$/.exec(url.pathname) ?? []
  return path === undefined ? undefined : { operation: path + url.search }
}
