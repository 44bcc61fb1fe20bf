import { type Edit, matchesIn, placeholder } from './edit.ts'
import { headsOf } from './heads.ts'

type Shape = readonly [name: string, pattern: string]

/**
 * Credentials that nothing else looks like, wherever they stand. Lengths are lower bounds: a secret that grows (a stream
 * brings the rest of it) stays one. The formats are the issuers' own, as they publish them for secret scanning.
 */
const distinct: readonly Shape[] = [
  // Models
  ['anthropic-key', 'sk-ant-[\\w-]{16,}'],
  ['openrouter-key', 'sk-or-v1-[0-9a-f]{16,}'],
  ['langfuse-key', 'sk-lf-[0-9a-f]{8}-[0-9a-f-]{20,}'],
  ['openai-key', 'sk-(?:proj|svcacct|admin|service|None)-[\\w-]{20,}'],
  ['google-api-key', 'AIza[\\w-]{30,}'],
  ['groq-key', 'gsk_[A-Za-z0-9]{30,}'],
  ['xai-key', 'xai-[A-Za-z0-9]{30,}'],
  ['huggingface-token', '(?:hf|api_org)_[A-Za-z0-9]{30,}'],
  ['replicate-token', 'r8_[A-Za-z0-9]{30,}'],
  ['perplexity-key', 'pplx-[A-Za-z0-9]{32,}'],
  ['cerebras-key', 'csk-[a-z0-9]{32,}'],
  ['nvidia-key', 'nvapi-[\\w-]{40,}'],
  ['together-key', 'tgp_v1_[\\w-]{30,}'],
  ['tavily-key', 'tvly-[\\w-]{20,}'],
  ['pinecone-key', 'pcsk_\\w{40,}'],
  ['langsmith-key', 'lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}'],
  ['bedrock-key', '(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/]{60,}={0,2}'],
  // Code, packages, continuous integration
  ['github-token', 'gh[opsru]_[A-Za-z0-9]{30,}'],
  ['github-token', 'github_pat_\\w{22,}'],
  ['gitlab-token', '(?:gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|soat|agent|imt|ffct)-[\\w.-]{20,}|GR1348941[\\w-]{20,})'],
  ['bitbucket-token', 'ATBB[A-Za-z0-9]{28,}'],
  ['atlassian-token', 'AT(?:ATT|CTT)3[\\w=-]{60,}'],
  ['npm-token', 'npm_[A-Za-z0-9]{36,}'],
  ['pypi-token', 'pypi-AgE[\\w-]{50,}'],
  ['rubygems-key', 'rubygems_[0-9a-f]{48}'],
  ['docker-token', 'dckr_(?:pat|oat)_[\\w-]{20,}'],
  ['circleci-token', 'CCIPAT_[A-Za-z0-9]{20,}_[0-9a-f]{40}'],
  ['buildkite-token', 'bkua_[0-9a-f]{40}'],
  ['sentry-token', 'sntry[su]_[\\w=+/-]{40,}'],
  ['sonar-token', 'sq[apu]_[0-9a-f]{40}'],
  // Clouds and data
  ['aws-key-id', '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])'],
  ['google-oauth', '(?:GOCSPX-[\\w-]{20,}|ya29\\.[\\w-]{20,}|1//0[\\w-]{30,})'],
  ['digitalocean-token', 'do[opr]_v1_[0-9a-f]{64}'],
  ['alibaba-key', 'LTAI[A-Za-z0-9]{16,24}(?![A-Za-z0-9])'],
  ['databricks-token', 'dapi[0-9a-f]{32}(?:-\\d)?'],
  ['supabase-key', '(?:sbp_[0-9a-f]{40}|sb_secret_[\\w-]{20,})'],
  ['planetscale-token', 'pscale_(?:tkn|oauth|pw)_[\\w.=-]{30,}'],
  ['neon-key', 'napi_[a-z0-9]{40,}'],
  ['heroku-key', 'HRKU-[\\w-]{30,}'],
  ['fly-token', '(?:fm[12][ar]?_[A-Za-z0-9+/=]{60,}|fo1_[\\w-]{43})'],
  ['netlify-token', 'nf[cpou]_[A-Za-z0-9]{36}'],
  ['vercel-token', '(?:vc[apikr]_[A-Za-z0-9]{40,}|vercel_blob_rw_\\w{30,})'],
  ['doppler-token', 'dp\\.(?:pt|st|sa|ct|scim|audit)\\.[A-Za-z0-9_.-]{40,}'],
  ['vault-token', 'hv[bsr]\\.[\\w-]{24,}'],
  ['pulumi-token', 'pul-[0-9a-f]{40}'],
  ['tailscale-key', 'tskey-[a-z]+-[\\w-]{16,}'],
  ['age-key', 'AGE-SECRET-KEY-1[0-9A-Z]{50,}'],
  ['onepassword-token', 'ops_eyJ[\\w-]{40,}'],
  ['grafana-token', '(?:glc_[A-Za-z0-9+/=]{32,}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8})'],
  ['newrelic-key', 'NR(?:AK|JS|RA|II)-[A-Za-z0-9]{20,}'],
  ['dynatrace-token', 'dt0[a-z]\\d\\d\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}'],
  ['posthog-key', 'phx_[A-Za-z0-9]{30,}'],
  ['shopify-token', 'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}'],
  // Work and mail
  ['slack-token', 'xox[abceoprs](?:\\.xox[a-z])?-[\\w-]{10,}'],
  ['slack-token', 'xapp-\\d-[\\w-]{20,}'],
  ['slack-webhook', 'hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w/]{20,}'],
  ['discord-webhook', 'discord(?:app)?\\.com/api/webhooks/\\d{15,}/[\\w-]{40,}'],
  ['discord-token', '[MNO][A-Za-z0-9]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,}'],
  ['sendgrid-key', 'SG\\.[\\w-]{16,}\\.[\\w-]{30,}'],
  ['brevo-key', 'xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}'],
  ['mailgun-key', 'key-[0-9a-f]{32}(?![0-9a-z])'],
  ['linear-key', 'lin_(?:api|oauth)_[A-Za-z0-9]{32,}'],
  ['notion-token', '(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}(?![A-Za-z0-9]))'],
  ['figma-token', 'fig[dou]r?_[\\w-]{36,}'],
  ['postman-key', 'PMAK-[0-9a-f]{24}-[0-9a-f]{30,}'],
  ['airtable-token', 'pat[A-Za-z0-9]{14}\\.[0-9a-f]{60,}'],
  ['hubspot-token', 'pat-(?:na|eu|ap)\\d-[0-9a-f]{8}-[0-9a-f-]{20,}'],
  ['dropbox-token', 'sl\\.[\\w-]{100,}'],
  // Money
  ['stripe-key', '(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{24,}=*)'],
  ['square-token', 'sq0(?:atp|csp|idp)-[\\w-]{22,}'],
  ['plaid-token', 'access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f-]{20,}'],
  ['braintree-token', 'access_token\\$(?:production|sandbox)\\$[a-z0-9]{8,}\\$[0-9a-f]{32}'],
  // Of many issuers
  ['jwt', 'ey[JK][\\w-]{10,}\\.(?:ey[JK])?[\\w-]{10,}\\.[\\w-]{10,}(?:\\.[\\w-]+)*'],
]

/** Credentials whose first letters are also found in words and in base64: only where they stand alone. */
const standingAlone: readonly Shape[] = [
  ['openai-key', 'sk-[A-Za-z0-9]{32,}'],
  ['elevenlabs-key', 'sk_[0-9a-f]{40,}'],
  ['openai-ephemeral-key', 'ek_[0-9a-f]{30,}'],
  ['fireworks-key', 'fw_[A-Za-z0-9]{22,}'],
  ['firecrawl-key', 'fc-[0-9a-f]{32}'],
  ['voyage-key', 'pa-[\\w-]{40,}'],
  ['google-api-key', 'AQ\\.[\\w-]{30,}'],
  ['e2b-key', 'e2b_[0-9a-f]{40}'],
  ['twilio-key', 'SK[0-9a-f]{32}(?![\\w-])'],
  ['resend-key', 're_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}'],
  ['render-key', 'rnd_[A-Za-z0-9]{28,}'],
  ['crates-token', 'cio[A-Za-z0-9]{32}(?![\\w-])'],
  ['nuget-key', 'oy2[a-z0-9]{43}(?![\\w-])'],
  ['meta-token', 'EAA[A-Za-z0-9]{80,}'],
  ['square-token', 'EAAA[\\w-]{60}(?![\\w-])'],
]

/** Credentials that are known by what stands in their middle: looked for only where that is found. */
const markedInside: readonly (readonly [name: string, mark: string, pattern: RegExp])[] = [
  ['azure-key', 'JQQJ99', /[A-Za-z0-9]{40,80}JQQJ99[A-Z]{2}[A-Za-z0-9]{24,}/g],
  ['azure-secret', 'Q~', /[\w.~-]{3}[78]Q~[\w.~-]{31,}/g],
  ['azure-devops-token', 'AZDO', /[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}/g],
  ['terraform-token', '.atlasv1.', /[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}/g],
  ['mailchimp-key', '-us', /[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])/g],
  ['telegram-token', ':AA', /\d{8,10}:AA[\w-]{33}(?![\w-])/g],
]

/** Every shape, and how what has it begins. */
export const shapes = (): readonly Row[] => {
  read ??= [...distinct, ...standingAlone].map(([name, pattern]) => [name, pattern, headsOf(pattern)])
  return read
}
type Row = readonly [name: string, pattern: string, heads: readonly string[]]
let read: readonly Row[] | undefined

/** No shape is shorter. */
const shortest = 15
/** In longer texts it takes longer to look for beginnings than to make the pattern. */
const short = 2000
/** Patterns for the few shapes whose beginnings some short texts hold; who meets more is better off with all at once. */
const mostPatterns = 12

/** Finds credentials by their form. */
export const shapesOf = (): ((text: string) => Edit[]) => {
  const all = shapes()
  let whole: RegExp | undefined
  const few = new Map<string, RegExp>()
  const patternOf = (rows: readonly Row[]): RegExp => {
    if (rows === all) {
      whole ??= patternFor(rows)
      return whole
    }
    const key = rows.map(([, source]) => source).join()
    const pattern = few.get(key) ?? patternFor(rows)
    few.set(key, pattern)
    return pattern
  }
  return text => {
    if (text.length < shortest) return []
    const isCheap = text.length < short && !whole && few.size < mostPatterns
    const rows = isCheap ? all.filter(([, , heads]) => heads.some(head => text.includes(head))) : all
    return [...(rows.length > 0 ? beginningIn(text, rows, patternOf(rows)) : []), ...markedIn(text)]
  }
}

const patternFor = (rows: readonly Row[]): RegExp => new RegExp(rows.map(([, source]) => `(${source})`).join('|'), 'g')

const isDistinct = new Set(distinct.map(([, source]) => source))

const beginningIn = (text: string, rows: readonly Row[], pattern: RegExp): Edit[] => {
  const edits: Edit[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [name, source] = rows[match.findIndex((group, index) => index > 0 && group !== undefined) - 1] ?? ['', '']
    const { index } = match
    if (!isDistinct.has(source) && !isStart(text, index)) pattern.lastIndex = index + 1
    else edits.push({ start: index, end: pattern.lastIndex, text: placeholder(name), strength: 2 })
  }
  return edits
}

const markedIn = (text: string): Edit[] =>
  markedInside.flatMap(([name, mark, pattern]) => {
    if (!text.includes(mark)) return []
    const found = matchesIn(text, pattern).filter(({ index }) => isStart(text, index))
    return found.map(({ index: start, 0: { length } }) => ({
      start,
      end: start + length,
      text: placeholder(name),
      strength: 2,
    }))
  })

/**
 * Whether a word begins here: also behind an escaped line end, an escaped letter of a URL, or a terminal's colour; but not
 * behind a placeholder, or the letters behind a secret would become a secret when they are looked at once more.
 */
const isStart = (text: string, at: number): boolean => {
  const before = text.slice(Math.max(0, at - 12), at)
  return (
    !/[\w+/-]$|[\w.:-]\}$/.test(before) || /(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\[[\d;]*m)$/.test(before)
  )
}
