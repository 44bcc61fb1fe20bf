import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The settings of the project that a folder belongs to: in it, or in the nearest folder above that has them. */
export const settingsFile = (folder: string): string | undefined => {
  const path = join(folder, '.reprise', 'settings.yaml')
  if (existsSync(path)) return path
  return dirname(folder) === folder ? undefined : settingsFile(dirname(folder))
}
