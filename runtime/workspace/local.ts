import { statSync } from 'node:fs'
import { ToolFailure } from '../core/tool.ts'
import type { BeforeChange, Process, SpawnOptions, Workspace } from '../core/workspace.ts'
import { localFiles } from './files.ts'
import { pathResolver, type Resolve } from './paths.ts'
import { kill, startProcess } from './process.ts'

export type LocalWorkspace = {
  /** Absolute; relative paths are taken from here, and commands run here. */
  readonly root: string
  /** What commands get; see `commandEnvironment`. */
  readonly env: Readonly<Record<string, string>>
  /** Folders outside which no file is reached, not even through links; without them every path may be named. */
  readonly roots?: readonly string[]
  /** Looks at what is about to be done to files by name; commands of a shell are not seen. */
  readonly before?: BeforeChange
}

/**
 * The files and the shell of this machine. `roots` bind the paths that tools name, not the commands that a shell runs:
 * only a sandbox could.
 */
export const localWorkspace = (options: LocalWorkspace): Workspace =>
  workspaceOf(options, pathResolver({ ...options, home: options.env['HOME'], roots: options.roots }))

const workspaceOf = ({ root, env, before }: LocalWorkspace, resolve: Resolve): Workspace => ({
  root,
  ...localFiles(resolve, root, before),
  within(roots) {
    const narrower = pathResolver({ root, home: env['HOME'], roots })
    const both: Resolve = (path, follow) => {
      resolve(path, follow)
      return narrower(path, follow)
    }
    return workspaceOf({ root, env, ...(before && { before }) }, both)
  },
  shell(command: string, options: SpawnOptions): Process {
    if (command.includes('\0')) throw new ToolFailure('The command holds a null byte, so no shell can run it.')
    const cwd = options.cwd === undefined ? root : resolve(options.cwd)
    if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
      throw new ToolFailure(`The working directory ${options.cwd ?? root} is not a folder, so the command was not run.`)
    }
    endWithUs()
    return startProcess({ ...options, command, cwd, env: { ...env, ...options.env } }, groups)
  },
})

/** Process groups that may still have members: of all workspaces, since they are all children of this one process. */
const groups = new Set<number>()
let watching = false

/** A process that exits at once, as after a second Ctrl-C, has no time to ask: what still runs is killed. */
const endWithUs = (): void => {
  if (watching) return
  watching = true
  process.on('exit', () => {
    for (const group of groups) kill(group, 'SIGKILL')
  })
}
