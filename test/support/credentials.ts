/** A credential of one kind: the secret itself, and the text in which it is usually met. */
export type Credential = { readonly kind: string; readonly secret: string; readonly text: string }

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const digits = '0123456789'
const alphabets = {
  hex: '0123456789abcdef',
  letters: upper + upper.toLowerCase() + digits,
  lower: upper.toLowerCase() + digits,
  capitals: `${upper}234567`,
  url: `${upper}${upper.toLowerCase()}${digits}-_`,
} as const

/** Letters drawn by the same seed are the same. A digit stands among them, as in each real one. */
const drawn = (seed: number) => {
  let state = seed * 2654435761
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    return (mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed))) >>> 8
  }
  return (alphabet: keyof typeof alphabets, length: number): string => {
    const letters = alphabets[alphabet]
    const text = Array.from({ length }, () => letters[next() % letters.length]).join('')
    return alphabet === 'capitals' || length < 8 ? text : `${text.slice(0, 3)}7${text.slice(4)}`
  }
}
type Draw = ReturnType<typeof drawn>

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Put together here, so that no scanner takes this file for a leak. `§` in a text stands for the secret. */
const kinds: readonly (readonly [kind: string, make: (draw: Draw) => string, text?: string])[] = [
  ['openai project key', d => `sk-proj-${d('url', 120)}`],
  ['openai key', d => `sk-${d('letters', 48)}`],
  ['openai service key', d => `sk-svcacct-${d('url', 80)}`],
  ['openai ephemeral key', d => `ek_${d('hex', 32)}`],
  ['anthropic key', d => `sk-ant-api03-${d('url', 93)}AA`],
  ['openrouter key', d => `sk-or-v1-${d('hex', 64)}`],
  ['google key', d => `AIza${d('url', 35)}`],
  ['google oauth token', d => `ya29.${d('url', 80)}`],
  ['google client secret', d => `GOCSPX-${d('url', 28)}`],
  ['groq key', d => `gsk_${d('letters', 52)}`],
  ['xai key', d => `xai-${d('letters', 80)}`],
  ['hugging face token', d => `hf_${d('letters', 34)}`],
  ['perplexity key', d => `pplx-${d('letters', 48)}`],
  ['replicate token', d => `r8_${d('letters', 37)}`],
  ['nvidia key', d => `nvapi-${d('url', 64)}`],
  ['langsmith key', d => `lsv2_pt_${d('hex', 32)}_${d('hex', 10)}`],
  ['github token', d => `ghp_${d('letters', 36)}`],
  ['github oauth token', d => `gho_${d('letters', 36)}`],
  ['github fine-grained token', d => `github_pat_${d('letters', 22)}_${d('letters', 59)}`],
  ['gitlab token', d => `glpat-${d('url', 20)}`],
  ['npm token', d => `npm_${d('letters', 36)}`],
  ['pypi token', d => `pypi-AgEIcHlwaS5vcmc${d('url', 80)}`],
  ['docker token', d => `dckr_pat_${d('url', 27)}`],
  ['aws key id', d => `AKIA${d('capitals', 16)}`],
  ['aws session key id', d => `ASIA${d('capitals', 16)}`],
  ['aws secret key', d => d('letters', 40), 'aws_secret_access_key = §'],
  ['azure storage key', d => `${d('letters', 86)}==`, 'AccountName=me;AccountKey=§;EndpointSuffix=core.windows.net'],
  ['azure signed url', d => `${d('letters', 43)}%3D`, 'https://me.blob.core.windows.net/a?sv=2024-01-01&sig=§&sp=r'],
  ['aws signed url', d => d('hex', 64), 'https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=§'],
  ['digitalocean token', d => `dop_v1_${d('hex', 64)}`],
  ['databricks token', d => `dapi${d('hex', 32)}`],
  ['vault token', d => `hvs.${d('url', 90)}`],
  ['slack bot token', d => `xoxb-${d('lower', 12)}-${d('letters', 24)}`],
  [
    'slack webhook',
    d => `T${d('capitals', 10)}/B${d('capitals', 10)}/${d('letters', 24)}`,
    'https://hooks.slack.com/services/§',
  ],
  ['discord token', d => `M${d('letters', 23)}.${d('letters', 6)}.${d('url', 38)}`],
  ['telegram token', d => `7123456789:AA${d('url', 33)}`],
  ['stripe key', d => `sk_live_${d('letters', 24)}`],
  ['stripe restricted key', d => `rk_live_${d('letters', 24)}`],
  ['stripe webhook secret', d => `whsec_${d('letters', 32)}`],
  ['sendgrid key', d => `SG.${d('url', 22)}.${d('url', 43)}`],
  ['twilio key', d => `SK${d('hex', 32)}`],
  ['mailgun key', d => `key-${d('hex', 32)}`],
  ['mailchimp key', d => `${d('hex', 32)}-us21`],
  ['shopify token', d => `shpat_${d('hex', 32)}`],
  ['linear key', d => `lin_api_${d('letters', 40)}`],
  ['notion token', d => `ntn_${d('letters', 46)}`],
  ['figma token', d => `figd_${d('url', 40)}`],
  [
    'json web token',
    d =>
      `ey${base64(`{"alg":"HS256","k":"${d('lower', 9)}"}`)
        .slice(2)
        .replace(/=/g, '')}.eyJ${d('url', 60)}.${d('url', 43)}`,
  ],
  [
    'private key',
    d => `${d('letters', 64)}\n${d('letters', 64)}\n${d('letters', 30)}`,
    '-----BEGIN RSA PRIVATE KEY-----\n§\n-----END RSA PRIVATE KEY-----',
  ],
  ['password in a url', d => d('letters', 18), 'postgres://admin:§@db.example.com:5432/main'],
  [
    'password in a connection string',
    d => d('letters', 18),
    'Server=db;Database=main;User Id=sa;Password=§;Encrypt=true',
  ],
  ['basic authentication', d => base64(`admin:${d('letters', 18)}`), 'Authorization: Basic §'],
  ['bearer token', d => d('url', 40), 'Authorization: Bearer §'],
  ['key in a query', d => d('letters', 32), 'https://api.example.com/v1/data?limit=5&api_key=§'],
  ['cookie', d => `session=${d('letters', 32)}`, 'Cookie: §'],
  ['setting', d => d('letters', 32), 'export ACME_API_TOKEN=§'],
  ['option of a command', d => d('letters', 24), 'acme login --user me --password § --verbose'],
  ['field of JSON', d => d('letters', 24), '{"user":"me","client_secret":"§"}'],
]

/** One credential of each kind, others for each seed. */
export const credentials = (seed: number): Credential[] =>
  kinds.map(([kind, make, text = '§'], index) => {
    const secret = make(drawn(seed * 1000 + index))
    return { kind, secret, text: text.replace('§', secret) }
  })
