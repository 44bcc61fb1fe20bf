import { readFileSync } from 'node:fs'
import { loadSettings, type Settings } from '../../config/settings.ts'
import { settingsFile } from './settings.ts'

const nothing: Settings = {}

/**
 * The settings of the project that a folder belongs to, in `.reprise/settings.yaml`. Throws a Failure('config') where that
 * is wrong. Few projects have any, so a run loads this when there is a file.
 */
export const settingsFor = (folder: string): Settings => {
  const path = settingsFile(folder)
  return path === undefined ? nothing : loadSettings({ path, text: readFileSync(path, 'utf8') })
}
