import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Alias, loadUserSettings, type UserSettings } from '../../config/user-settings.ts'

/** The settings of a user; none where there is no file. Throws a Failure('config') where that is wrong. */
export const userSettings = (path: string): UserSettings =>
  existsSync(path) ? loadUserSettings({ path, text: readFileSync(path, 'utf8') }) : {}

/** Writes the aliases anew, and leaves all else in the file as it is, with its comments. */
export const writeAliases = (path: string, aliases: Readonly<Record<string, Alias>>): void =>
  rewrite(path, text => withAliases(text, aliases))

/** Writes settings that are one value each, and leaves all else in the file as it is. Throws a Failure where it is wrong. */
export const writeSettings = (path: string, settings: Readonly<Record<string, string | boolean>>): void =>
  rewrite(path, text => Object.entries(settings).reduce(withSetting, text))

const rewrite = (path: string, change: (text: string) => string): void => {
  const text = change(existsSync(path) ? readFileSync(path, 'utf8') : '')
  loadUserSettings({ path, text: text === '' ? '{}' : text })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

const withSetting = (text: string, [name, value]: readonly [string, string | boolean]): string => {
  const line = new RegExp(`^${name}:[^\\n#]*?(?=\\s*(#.*)?$)`, 'm')
  const written = `${name}: ${typeof value === 'string' && !/^[a-z][\w-]*$/i.test(value) ? JSON.stringify(value) : value}`
  return line.test(text) ? text.replace(line, () => written) : added(text, `${written}\n`)
}

const added = (text: string, more: string): string => `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${more}`

/** The block of that key, up to the next line that begins one of its own. */
const block = /^aliases:.*\n?(?:^(?:[ \t].*|[ \t]*)(?:\n|$))*/m

const withAliases = (text: string, aliases: Readonly<Record<string, Alias>>): string => {
  const lines = Object.entries(aliases).flatMap(([name, alias]) => [
    `  ${JSON.stringify(name)}:`,
    ...Object.entries(alias).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`),
  ])
  const written = lines.length === 0 ? '' : `aliases:\n${lines.join('\n')}\n`
  if (block.test(text)) return text.replace(block, () => written)
  return added(text, written)
}
