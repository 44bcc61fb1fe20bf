import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where a user's own things are: in the folder that REPRISE_HOME names, else where the XDG base directories
 * (https://specifications.freedesktop.org/basedir) have such things.
 */
const folderOf = (env: Environment, home: string, [variable, ...usual]: readonly [string, ...string[]]): string =>
  env['REPRISE_HOME'] || join(env[variable] || join(home, ...usual), 'reprise')

/** What a user has told Reprise: his settings, logins, allowances. */
export const settingsFolder = (env: Environment, home: string): string =>
  folderOf(env, home, ['XDG_CONFIG_HOME', '.config'])

export const settingsFile = (env: Environment, home: string): string => join(settingsFolder(env, home), 'settings.yaml')

/** What Reprise keeps for him: his sessions, and what he typed. */
export const stateFolder = (env: Environment, home: string): string =>
  folderOf(env, home, ['XDG_DATA_HOME', '.local', 'share'])

export const sessionDatabase = (env: Environment, home: string): string => join(stateFolder(env, home), 'sessions.db')
