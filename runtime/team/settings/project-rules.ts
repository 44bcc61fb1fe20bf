import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { Failure } from '../../core/errors.ts'
import type { PermissionRules } from '../../policy/permissions.ts'

/** Rules that outlast a run, and hold for all agent files of one folder. */
export type ProjectRules = {
  /** As the person who is asked knows the file. */
  readonly path: string
  /** Read once. Throws a Failure('config') where the file is wrong. */
  readonly rules: () => Promise<PermissionRules>
  /** Throws a Failure where they cannot be written down. */
  readonly allow: (rules: readonly string[]) => Promise<void>
}

/**
 * In `.reprise/permissions.yaml` beside the agent file, whose word counts as much: a folder in which an agent works, and
 * which may be anybody's, has no say.
 */
export const projectRulesOf = (agentFile: string, from: string): ProjectRules => {
  const place = resolve(from, agentFile)
  if (!existsSync(place)) return nowhere
  const file = join(dirname(place), '.reprise', 'permissions.yaml')
  const path = relative(from, file)
  const source = () => ({ path, text: existsSync(file) ? readFileSync(file, 'utf8') : '' })
  let read: Promise<PermissionRules> | undefined
  return {
    path,
    rules() {
      read ??= existsSync(file)
        ? import('../../config/permissions.ts').then(({ loadPermissions }) => loadPermissions(source()))
        : Promise.resolve({})
      return read
    },
    async allow(rules) {
      const { withAllowed } = await import('../../config/permissions.ts')
      write(file, withAllowed(source(), rules))
    },
  }
}

/** Of an agent file from elsewhere, or from standard input. */
const nowhere: ProjectRules = {
  path: '.reprise/permissions.yaml',
  rules: async () => ({}),
  allow: async () => {
    throw new Failure('usage', 'The agent file lies in no folder here.')
  },
}

const write = (file: string, text: string): void => {
  const beside = `${file}.${process.pid}.tmp`
  mkdirSync(dirname(file), { recursive: true })
  try {
    writeFileSync(beside, text)
    renameSync(beside, file)
  } finally {
    rmSync(beside, { force: true })
  }
}
