import { createHash } from 'node:crypto'
import { basename, dirname, extname, join, resolve } from 'node:path'

/** Where toolsets keep what shall outlast a run, and the clock for it. Both give absolute paths. */
export type Storage = {
  readonly now: () => Date
  /** A file that the agent file names, relative to itself as in cagent, or one beside it. */
  readonly beside: (path: string) => string
  /** A file in the user's home that belongs to this agent file alone. */
  readonly own: (name: string) => string
}

export type StorageOptions = {
  readonly source: { readonly path: string }
  /** The folder from which the agent file was named. */
  readonly cassettesFrom: string
  readonly home: string
  readonly now: () => Date
}

export const storageOf = ({ source, cassettesFrom, home, now }: StorageOptions): Storage => {
  const agentFile = resolve(cassettesFrom, source.path)
  // Not worked out before it is needed: Node's hashes take milliseconds to load.
  const folder = (): string => {
    const digest = createHash('sha256').update(agentFile).digest('hex').slice(0, 8)
    return `${basename(agentFile, extname(agentFile))}-${digest}`
  }
  return {
    now,
    beside: path => (path.startsWith('~/') ? join(home, path.slice(2)) : resolve(dirname(agentFile), path)),
    own: name => join(home, '.reprise', folder(), name),
  }
}
