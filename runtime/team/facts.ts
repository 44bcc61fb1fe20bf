import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { Failure } from '../core/errors.ts'

export type Surroundings = {
  readonly workingDirectory: string
  readonly home: string
  /** The clock of this run: now, or when the cassette was recorded. */
  readonly now: () => Date
}

/**
 * What prompts tell about the surroundings: `date`, `environment`, and `file:NAME` for a prompt file; and `time` in
 * milliseconds, for scripts. Unknown names are a bug. A prompt file that is nowhere is left out, as cagent does: most
 * projects have no AGENTS.md.
 */
export const factReader =
  (surroundings: Surroundings) =>
  async (name: string): Promise<string> => {
    if (name === 'date') return `Today's date: ${localDate(surroundings.now())}`
    if (name === 'time') return String(surroundings.now().getTime())
    if (name === 'environment') return environment(surroundings)
    if (name.startsWith('file:'))
      return promptFiles(name.slice('file:'.length), surroundings).map(readText).join('\n\n')
    throw new Error(`unknown fact ${name}`)
  }

const localDate = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(part => String(part).padStart(2, '0')).join('-')

const environment = ({ workingDirectory }: Surroundings): string => {
  const repository = upwards(workingDirectory).some(folder => existsSync(join(folder, '.git')))
  const systems: Readonly<Record<string, string>> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' }
  return [
    'Here is useful information about the environment you are running in:',
    '<env>',
    `Working directory: ${workingDirectory}`,
    `Is directory a git repo: ${repository ? 'Yes' : 'No'}`,
    `Operating System: ${systems[process.platform] ?? process.platform}`,
    `CPU Architecture: ${process.arch}`,
    '</env>',
  ].join('\n')
}

/** The nearest file of that name from the working directory upwards, and the one in the home folder. */
const promptFiles = (name: string, { workingDirectory, home }: Surroundings): string[] => {
  if (isAbsolute(name)) return existsSync(name) ? [name] : []
  const nearest = upwards(workingDirectory)
    .map(folder => resolve(folder, name))
    .find(existsSync)
  const own = resolve(home, name)
  return [...new Set([...(nearest ? [nearest] : []), ...(existsSync(own) ? [own] : [])])]
}

const upwards = (folder: string): string[] =>
  dirname(folder) === folder ? [folder] : [folder, ...upwards(dirname(folder))]

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure('config', `The prompt file ${path} cannot be read.`, { cause: error })
  }
}
