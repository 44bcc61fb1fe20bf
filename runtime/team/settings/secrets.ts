import { secretsShownIn } from '../../cassette/redact/secrets.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Names of variables that hold credentials, by the words that people use for them. */
const credential =
  /(^|_)(API_?KEYS?|KEYS?|TOKENS?|SECRETS?|PASSPHRASES?|PWD|PASS|CREDENTIALS?|CREDS|AUTH|COOKIES?|DSN|PAT|JWT)(_|$)|PASSW(OR)?DS?|(API|ACCESS|AUTH)_?(KEY|TOKEN)/i

/** Not secret in spite of their names: what says where, how many, or of which kind. */
const harmless =
  /^(PWD|OLDPWD|SSH_AUTH_SOCK|GPG_TTY|KEYTIMEOUT)$|(^|_)(MAX|MIN|NUM)_|_(URL|URI|FILE|PATH|DIR|NAME|ENABLED|DISABLED|LIMIT|COUNT|SIZE|LENGTH|TTL|TIMEOUT|EXPIR(Y|ES)|TYPE|MODE|METHOD|PROVIDER|HOST|DOMAIN|PORT|REGION|ALGORITHM|ISSUER|AUDIENCE|SCOPES?|PREFIX|HEADER|VERSION|FORMAT|BACKEND|SERVER|ENDPOINT|USER(NAME)?)$/i

/** A value so short would be found in ordinary words. */
const shortest = 8

/**
 * Every credential that the run could see, by the name of its variable: values of variables that are named like one, and
 * what a value of any name shows to be one, such as the password in a database URL (`DATABASE_URL:url-password`). Values
 * that are ordinary words are left out: they would be found, and replaced, in all that is said. `named` are variables
 * that hold credentials whatever they look like.
 */
export const secretsIn = (env: Environment, named: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined
        ? []
        : named.includes(name)
          ? [[name, value.trim()]]
          : [...whole(name, value.trim()), ...parts(name, value)].filter(([, secret]) => isTelling(secret)),
    ),
  )

type Secret = [name: string, value: string]

const whole = (name: string, value: string): Secret[] => {
  if (!credential.test(name) || harmless.test(name)) return []
  return [[name, value], ...pieces(value).map((piece, index): Secret => [`${name}:${index + 1}`, piece])]
}

/** Of a list, its items; of a key of several lines, each line: a command may print one alone. */
const pieces = (value: string): string[] => {
  const lines = value.split(/\r?\n|\\n/).filter(line => /^\S{24,}$/.test(line))
  const items = /^[\w.+/=~-]+([,;] ?[\w.+/=~-]+)+$/.test(value) ? value.split(/[,;] ?/) : []
  return [...(lines.length > 1 ? lines : []), ...items]
}

/** A scheme, a field, or letters and digits in a row: most values have none of these, and are not looked into. */
const mayHold = /:\/\/|[={"@]|[\w+.~-]{16}/

/** Passwords in URLs and connection strings, fields of JSON, keys by their form. */
const parts = (name: string, value: string): Secret[] => {
  if (!mayHold.test(value)) return []
  const shown = secretsShownIn(value)
  return shown.flatMap(({ name: what, value: secret }) =>
    secret === value.trim()
      ? [[name, secret]]
      : spellings(secret).map((spelling, index): Secret => [`${name}:${what}${index || ''}`, spelling]),
  )
}

/** As it is meant, and as it stands there where it is escaped in a manner that a redactor does not know. */
const spellings = (secret: string): string[] => {
  const meant = secret.includes('%') ? unescaped(secret) : secret.replaceAll('\\n', '\n')
  const known = [secret, secret.toUpperCase()].includes(encodeURIComponent(meant)) || meant.includes('\n')
  return [...new Set([meant, ...(known ? [] : [secret]), ...pieces(meant)])]
}

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether a value says something that nobody says by chance: no single word, no number, no path, no address. */
const isTelling = (value: string): boolean =>
  value.length >= shortest &&
  !/^([a-z]{0,11}|[A-Z]{0,11}|[A-Z]?[a-z]{0,10}|\d{0,11})$/.test(value) &&
  !/^(~|\.{0,2})\/[\w.@-]+(\/[\w.@-]+)*\/?$/.test(value) &&
  !/^([A-Za-z]:\\|https?:\/\/[^@\s?]*$)/.test(value)

/** The variables in which secrets stand: a part of one, such as `DATABASE_URL:url-password`, is told by its whole. */
export const variablesOf = (secrets: Readonly<Record<string, string>>): string[] => [
  ...new Set(Object.keys(secrets).map(name => name.split(':')[0] ?? name)),
]
