import type { Interaction } from '../core/cassette.ts'
import { providers } from './providers.ts'
import { anthropicVersion } from './sdk.ts'

/**
 * A recorded model call as a command for a shell that asks the same again, its key by the name of its variable. None for
 * what is no model call in a protocol that is spoken here.
 */
export const curlOf = ({ url, protocol = '', provider: name, body }: Interaction['request']): string | undefined => {
  const headers = keyHeaders[protocol]
  if (!headers || !/^https?:/.test(url)) return undefined
  const provider = providers.find(provider => provider.name === name)
  const variable = provider ? provider.keyVariables[0] : 'API_KEY'
  const keyHeader = provider?.keyHeader ? [`${provider.keyHeader}: KEY`] : headers
  const wanted = keyHeader.flatMap(header =>
    header.includes('KEY') ? (variable ? [`-H "${header.replace('KEY', `$${variable}`)}"`] : []) : [`-H '${header}'`],
  )
  return [
    [`curl -sSN ${quoted(url)}`, `-H 'content-type: application/json'`, ...wanted, "-d @- <<'JSON'"].join(' \\\n  '),
    JSON.stringify(body, null, 2),
    'JSON',
  ].join('\n')
}

/** `KEY` stands for the key. */
const keyHeaders: Readonly<Record<string, readonly string[]>> = {
  'openai-chat': ['authorization: Bearer KEY'],
  'openai-responses': ['authorization: Bearer KEY'],
  'anthropic-messages': ['x-api-key: KEY', `anthropic-version: ${anthropicVersion}`],
  gemini: ['x-goog-api-key: KEY'],
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
