import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a user has chosen at the screen itself. */
export type Preferences = { readonly theme?: string }

const fileIn = (folder: string): string => join(folder, 'screen.json')

/** None where there is no file, or none that can be read. */
export const readPreferences = (folder: string): Preferences => {
  try {
    const { theme } = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as Preferences
    return typeof theme === 'string' ? { theme } : {}
  } catch {
    return {}
  }
}

/** A folder that cannot be written is no reason to stop: the choice holds for this time. */
export const writePreference = (folder: string, name: keyof Preferences, value: string): void => {
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(fileIn(folder), `${JSON.stringify({ ...readPreferences(folder), [name]: value })}\n`)
  } catch {
    // As above.
  }
}
