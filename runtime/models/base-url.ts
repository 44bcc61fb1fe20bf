import { Failure } from '../core/errors.ts'
import type { Provider } from './providers.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The provider's base URL, or the one that the environment gives in its place; without a slash at its end. */
export const baseUrlOf = ({ baseUrl, urlVariables, port }: Provider, env: Environment): string => {
  const found = urlVariables.find(({ name }) => env[name]?.trim())
  if (!found) return baseUrl
  const url = checkedUrl(withScheme(env[found.name]?.trim() ?? '', port), found.name)
  return found.path === undefined || hasVersion(url) ? url : url + found.path
}

/** A URL without a slash at its end; throws `config` for what is none. `from` is where it was written. */
export const checkedUrl = (text: string, from: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Failure('config', `${from} is no URL: ${text}`, {
      hint: 'Write it with its scheme, as in https://host/v1.',
    })
  }
  return text.replace(/\/+$/, '')
}

/** A host that servers bind to is none that clients can call everywhere. */
const withScheme = (text: string, port: number | undefined): string => {
  if (port === undefined || /^https?:\/\//i.test(text)) return text
  const [, host = '', rest = ''] = /^(\[[^\]]*\]|[^:/]*)(.*)$/.exec(text) ?? []
  const reachable = host === '' || host === '0.0.0.0' || host === '[::]' ? 'localhost' : host
  return `http://${reachable}${rest.startsWith(':') ? rest : `:${port}${rest}`}`
}

/** Somebody who wrote the version himself means just this URL. */
const hasVersion = (url: string): boolean => /\/v\d\w*(\/|$)/.test(new URL(url).pathname)
