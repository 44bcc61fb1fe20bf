import { join } from 'node:path'

/**
 * Where the sessions of a user are: in the folder that REPRISE_HOME names, else where the XDG base directories
 * (https://specifications.freedesktop.org/basedir) have such things.
 */
export const sessionDatabase = (env: Readonly<Record<string, string | undefined>>, home: string): string => {
  const own = env['REPRISE_HOME']
  return join(own || join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'reprise'), 'sessions.db')
}
