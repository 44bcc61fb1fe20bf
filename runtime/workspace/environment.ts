type Environment = Readonly<Record<string, string | undefined>>

/** Words in the name of a variable that say that its value opens something. */
const credential =
  /(^|_)(APIKEYS?|KEYS?|TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|PWD|CREDENTIALS?|AUTH|COOKIES?|DSN|PAT)(_|$)/i

/** Folders and sockets that share a word with credentials, and that ordinary commands need. */
const harmless = new Set(['PWD', 'OLDPWD', 'SSH_AUTH_SOCK'])

/**
 * The environment that commands get: all of ours but its credentials, which are the variables named in `secretNames`
 * and those that are called like one. A command that needs one gets it through `env` of its toolset.
 */
export const commandEnvironment = (env: Environment, secretNames: readonly string[]): Record<string, string> => {
  const secret = (name: string) => secretNames.includes(name) || (credential.test(name) && !harmless.has(name))
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined || secret(name) ? [] : [[name, value]])),
  )
}
