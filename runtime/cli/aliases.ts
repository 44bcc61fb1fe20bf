import { dirname, resolve } from 'node:path'
import { nearest } from '../config/near.ts'
import { isUrl } from '../core/address.ts'
import { Failure } from '../core/errors.ts'
import { settingsFile } from '../team/folders.ts'
import { userSettings } from '../team/settings/user-settings.ts'
import type { RunOptions } from './run-options.ts'
import { homeIn, type Terminal } from './terminal.ts'

/** An agent by the name that the user has given it, run as he has said, where nothing else is said now. */
export const aliased = (
  name: string,
  options: RunOptions,
  { env }: Terminal,
): { readonly file: string; readonly options: RunOptions } => {
  if (name === '-' || /[/.]/.test(name)) return { file: name, options }
  const settings = settingsFile(env, homeIn(env))
  const { aliases = {} } = userSettings(settings)
  const alias = aliases[name]
  if (alias === undefined) throw unknown(name, Object.keys(aliases))
  const { path, model, yolo, hide_tool_results: hideToolResults } = alias
  const given = {
    ...(model !== undefined && { model: [model] }),
    ...(yolo !== undefined && { yolo }),
    ...(hideToolResults !== undefined && { hideToolResults }),
  }
  return { file: isUrl(path) ? path : resolve(dirname(settings), path), options: { ...given, ...options } }
}

const unknown = (name: string, names: readonly string[]): Failure => {
  if (name === 'default') {
    return new Failure('usage', 'Which agent? No file is named, and there is no alias "default".', {
      hint: 'Run one: reprise run agent.yaml. Make one: reprise new. Watch one: reprise demo.',
    })
  }
  const near = nearest(name, names)
  return new Failure('usage', `The agent file ${name} does not exist, and there is no alias of that name.`, {
    hint: near ? `Did you mean ${near}?` : 'reprise alias add NAME FILE gives an agent a name.',
  })
}
