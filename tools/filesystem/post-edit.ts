import { basename, isAbsolute, relative, resolve } from 'node:path'
import type { ToolContext } from '../../runtime/core/tool.ts'
import { run } from '../shell/command.ts'
import { patternsOf } from './ignored.ts'

/** A command that runs after a file was written whose path fits a glob; it finds the path in the variable `path`. */
export type PostEdit = { readonly path: string; readonly cmd: string }

const timeout = 60

/**
 * Runs the commands for a file that was written. What comes of it is told, and is no failure: the file is written. A glob
 * without a slash is held against the file's name, else against its path from the working directory.
 */
export const afterEdit = async (
  rules: readonly PostEdit[],
  path: string,
  context: ToolContext,
): Promise<readonly string[]> => {
  const file = resolve(context.workspace.root, path)
  const told: string[] = []
  for (const { path: glob, cmd } of rules) {
    if (!(await fits(glob, relative(context.workspace.root, file)))) continue
    const { said, problem } = await run({ line: cmd, env: { path: file }, timeout }, context)
    if (problem) told.push(`\nThe command after the edit failed: ${cmd}: ${problem.text}\nOutput: ${said}`)
  }
  return told
}

const fits = async (glob: string, path: string): Promise<boolean> => {
  const isInside = path !== '' && !path.startsWith('..') && !isAbsolute(path)
  return (await patternsOf([glob])).ignores(isInside ? path : basename(path))
}
