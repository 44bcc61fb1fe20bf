import { resolve } from 'node:path'
import type { Alias } from '../config/user-settings.ts'
import { isUrl } from '../core/address.ts'
import { Failure } from '../core/errors.ts'
import { settingsFile } from '../team/folders.ts'
import { userSettings, writeAliases } from '../team/settings/user-settings.ts'
import { readNamed } from './files.ts'
import { homeIn, type Terminal, write } from './terminal.ts'

export type AliasOptions = { readonly model?: string; readonly yolo?: boolean; readonly hideToolResults?: boolean }

/** `reprise alias add NAME AGENT`: gives an agent a short name; `default` is the one that runs where none is named. */
export const aliasAdd = async (
  name: string,
  agent: string,
  { model, yolo, hideToolResults }: AliasOptions,
  terminal: Terminal,
): Promise<number> => {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/.test(name)) {
    throw new Failure('usage', `${JSON.stringify(name)} cannot be the name of an alias.`, {
      hint: 'Letters, digits, - and _ can be in it.',
    })
  }
  if (!isUrl(agent)) readNamed('The agent file', agent, terminal.workingDirectory)
  const alias: Alias = {
    path: isUrl(agent) ? agent : resolve(terminal.workingDirectory, agent),
    ...(model !== undefined && { model }),
    ...(yolo && { yolo }),
    ...(hideToolResults && { hide_tool_results: true }),
  }
  const { file, aliases } = known(terminal)
  writeAliases(file, { ...aliases, [name]: alias })
  await write(terminal.stdout, `${line(name, alias)}\nWritten to ${file}.\n`)
  return 0
}

/** `reprise alias list`. */
export const aliasList = async (terminal: Terminal): Promise<number> => {
  const { aliases } = known(terminal)
  const lines = Object.entries(aliases).map(([name, alias]) => line(name, alias))
  await write(terminal.stdout, lines.length === 0 ? 'There are no aliases.\n' : `${lines.join('\n')}\n`)
  return 0
}

/** `reprise alias remove NAME`. */
export const aliasRemove = async (name: string, terminal: Terminal): Promise<number> => {
  const { file, aliases } = known(terminal)
  const { [name]: gone, ...others } = aliases
  if (gone === undefined) {
    throw new Failure('usage', `There is no alias ${name}.`, { hint: 'reprise alias list shows them.' })
  }
  writeAliases(file, others)
  await write(terminal.stdout, `${name} is no alias any more.\n`)
  return 0
}

const known = ({ env }: Terminal) => {
  const file = settingsFile(env, homeIn(env))
  return { file, aliases: userSettings(file).aliases ?? {} }
}

const line = (name: string, { path, model, yolo, hide_tool_results: isQuiet }: Alias): string =>
  [`${name} → ${path}`, model && `--model ${model}`, yolo && '--yolo', isQuiet && '--hide-tool-results']
    .filter(Boolean)
    .join('  ')
