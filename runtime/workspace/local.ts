import { statSync } from 'node:fs'
import { ToolFailure } from '../core/tool.ts'
import type { BeforeChange, Process, SpawnOptions, Workspace } from '../core/workspace.ts'
import { localFiles } from './files.ts'
import { pathResolver, type Resolve } from './paths.ts'
import { kill, startProcess } from './process.ts'

export type LocalWorkspace = {
  /** Absolute; relative paths are taken from here, and commands run here. */
  readonly root: string
  /** What commands get; see `commandEnvironment`. Asked for when the first of them runs. */
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
  workspaceOf(options, resolverFor(options, options.roots))

const resolverFor = (options: LocalWorkspace, roots: readonly string[] | undefined): Resolve =>
  pathResolver({ root: options.root, home: () => options.env['HOME'], roots })

const workspaceOf = (options: LocalWorkspace, resolve: Resolve): Workspace => ({
  root: options.root,
  ...localFiles(resolve, options.root, options.before),
  within(roots) {
    const narrower = resolverFor(options, roots)
    const both: Resolve = (path, follow) => {
      resolve(path, follow)
      return narrower(path, follow)
    }
    return workspaceOf(options, both)
  },
  shell(command: string, asked: SpawnOptions): Process {
    const { root, env } = options
    if (command.includes('\0')) throw new ToolFailure('The command holds a null byte, so no shell can run it.')
    const cwd = asked.cwd === undefined ? root : resolve(asked.cwd)
    if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
      throw new ToolFailure(`The working directory ${asked.cwd ?? root} is not a folder, so the command was not run.`)
    }
    endWithUs()
    return startProcess({ ...asked, command, cwd, env: { ...env, ...asked.env } }, groups)
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
