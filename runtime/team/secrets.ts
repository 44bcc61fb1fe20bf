type Environment = Readonly<Record<string, string | undefined>>

/** Names of variables that hold credentials, by the words that people use for them. */
const credential =
  /(^|_)(API_?KEYS?|KEY|TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|PWD|CREDENTIALS?|AUTH|COOKIE|DSN|PAT)(_|$)/i

/** Not secret in spite of their names. */
const harmless = /^(PWD|OLDPWD|SSH_AUTH_SOCK|GPG_TTY|KEYTIMEOUT)$/

/** A value so short would be found in ordinary words. */
const shortest = 8

/** Every credential that the run could see, by the name of its variable. */
export const secretsIn = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value && value.length >= shortest && credential.test(name) && !harmless.test(name) ? [[name, value]] : [],
    ),
  )
