import { createHash } from 'node:crypto'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { ToolFailure } from '../../core/tool.ts'

/** Where toolsets keep what shall outlast a run, and the clock for it. Both give absolute paths. */
export type Storage = {
  readonly now: () => Date
  /** A file that the agent file names, relative to itself as in cagent, or one beside it. */
  readonly beside: (path: string) => string
  /** The text of such a file. Throws a ToolFailure where it cannot be read. */
  readonly read: (path: string) => Promise<string>
  /** A file in the user's home that belongs to this agent file alone. */
  readonly own: (name: string) => string
  readonly home: string
  /** Where the agent works. */
  readonly workingDirectory: string
}

export type StorageOptions = {
  readonly source: { readonly path: string }
  /** The folder from which the agent file was named. */
  readonly cassettesFrom: string
  readonly home: string
  /** The folder from which the agent file was named, where absent. */
  readonly workingDirectory?: string
  readonly now: () => Date
}

export const storageOf = ({ source, cassettesFrom, home, now, ...rest }: StorageOptions): Storage => {
  const agentFile = resolve(cassettesFrom, source.path)
  // Not worked out before it is needed: Node's hashes take milliseconds to load.
  const folder = (): string => {
    const digest = createHash('sha256').update(agentFile).digest('hex').slice(0, 8)
    return `${basename(agentFile, extname(agentFile))}-${digest}`
  }
  const beside = (path: string): string =>
    path.startsWith('~/') ? join(home, path.slice(2)) : resolve(dirname(agentFile), path)
  return {
    now,
    beside,
    read: path => readText(beside(path)),
    own: name => join(home, '.reprise', folder(), name),
    home,
    workingDirectory: rest.workingDirectory ?? cassettesFrom,
  }
}

const readText = async (path: string): Promise<string> => {
  const { readFile } = await import('node:fs/promises')
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ToolFailure(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? error}).`)
  }
}
