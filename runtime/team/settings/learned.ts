import type { Redactor } from '../../cassette/redact/redact.ts'
import type { AgentFile, ToolsetConfig } from '../../config/schema.ts'
import { secretsIn } from './secrets.ts'

type Values = Readonly<Record<string, string>>

/** Credentials that no environment shows: what the agent file writes out, and what logins bring while a run goes on. */
export type Learned = {
  /** Another object where there is something new. */
  readonly values: () => Values
  readonly learn: (values: Values) => void
}

export const learnedFrom = (values: Values = {}): Learned => {
  let all = values
  return {
    values: () => all,
    learn(values) {
      const news = Object.entries(values).filter(([name, value]) => all[name] !== value)
      if (news.length > 0) all = { ...all, ...Object.fromEntries(news) }
    },
  }
}

/** Credentials in the environments, headers and clients that an agent file gives to its servers and tools. */
export const secretsInFile = ({ agents, mcps = {} }: Pick<AgentFile, 'agents' | 'mcps'>): Values => {
  const toolsets = [...agents.flatMap(({ toolsets = [] }) => toolsets), ...Object.values(mcps)]
  return Object.assign({}, ...toolsets.map(each => secretsInToolset(each)))
}

const secretsInToolset = ({ env = {}, remote, headers = {} }: Partial<ToolsetConfig>): Values => {
  const sent = Object.entries({ ...headers, ...remote?.headers }).map(([name, value]) => [
    // `Bearer` and `Basic` are no secrets.
    /^(proxy-)?authorization$/i.test(name) ? 'AUTH' : name.replaceAll('-', '_'),
    value.replace(/^\w+ (?=\S+$)/, ''),
  ])
  const secret = remote?.oauth?.clientSecret
  return secretsIn({ ...env, ...Object.fromEntries(sent), ...(secret !== undefined && { CLIENT_SECRET: secret }) })
}

/** A redactor that is made when it is first asked, which many replays never do, and anew where there is more to know. */
export const learning = (learned: Learned, make: (values: Values) => Redactor): Redactor => {
  let made: { readonly values: Values; readonly redactor: Redactor } | undefined
  const current = (): Redactor => {
    const values = learned.values()
    if (made?.values !== values) made = { values, redactor: make(values) }
    return made.redactor
  }
  return {
    text: text => current().text(text),
    json: value => current().json(value),
    body: text => current().body(text),
    bytes: bytes => current().bytes(bytes),
  }
}
