import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isCassette } from '../cassette/file/tape-place.ts'
import { pricedModels } from '../models/price.ts'
import { loadTeamFile } from '../team/check.ts'
import { settingsFile } from '../team/folders.ts'
import { userSettings } from '../team/settings/user-settings.ts'
import { sessionsFor } from './start.ts'
import { homeIn, type Terminal, write } from './terminal.ts'

/** What a shell may ask for while a command line is being typed. */
export type ValueKind = 'cassettes' | 'agents' | 'aliases' | 'models' | 'sessions'

/**
 * `reprise values KIND -- WORD…`: what could stand there in a command line with these words, a line each. Whatever goes
 * wrong, nothing is offered: nobody wants to read of it in the midst of a line.
 */
export const values = async (kind: ValueKind, words: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    const found = await sources[kind](terminal, words)
    await write(terminal.stdout, found.map(value => `${value}\n`).join(''))
  } catch {
    return 1
  }
  return 0
}

type Source = (terminal: Terminal, words: readonly string[]) => readonly string[] | Promise<readonly string[]>

const sources: Readonly<Record<ValueKind, Source>> = {
  cassettes: ({ workingDirectory }) => [
    ...cassettesIn(join(workingDirectory, 'cassettes')),
    ...cassettesIn(workingDirectory),
  ],
  agents: async ({ workingDirectory, env }, words) => {
    const file = words.find(word => /\.ya?ml$/.test(word))
    if (file === undefined) return []
    const text = readFileSync(resolve(workingDirectory, file), 'utf8')
    const { agents } = await loadTeamFile({ path: file, text }, { env, lenient: true })
    return agents.map(({ name }) => name)
  },
  aliases: ({ env }) => Object.keys(userSettings(settingsFile(env, homeIn(env))).aliases ?? {}),
  models: () => pricedModels(),
  sessions: async terminal => (await sessionsFor({}, terminal).list(20)).map(({ id }) => id),
}

const cassettesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
      .filter(name => /\.ya?ml$/.test(name) && isCassette(join(folder, name)))
      .map(name => name.replace(/\.yaml$/, ''))
  } catch {
    return []
  }
}

/** Which options and arguments have which values. */
export const valued = {
  options: { fake: 'cassettes', session: 'sessions', model: 'models', agent: 'agents' },
  arguments: {
    replay: 'cassettes',
    play: 'cassettes',
    fork: 'cassettes',
    cassette: 'cassettes',
    sessions: 'sessions',
    run: 'aliases',
    exec: 'aliases',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ValueKind>>>>
