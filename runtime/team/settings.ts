import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadSettings, type Settings } from '../config/settings.ts'

const nothing: Settings = {}

/**
 * The settings of the project that a folder belongs to: `.reprise/settings.yaml` in it, or in the nearest folder above
 * that has one. Throws a Failure('config') where that is wrong.
 */
export const settingsFor = (folder: string): Settings => {
  const path = join(folder, '.reprise', 'settings.yaml')
  if (existsSync(path)) return loadSettings({ path, text: readFileSync(path, 'utf8') })
  return dirname(folder) === folder ? nothing : settingsFor(dirname(folder))
}
