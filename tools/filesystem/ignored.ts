import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Ignore } from 'ignore'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'

/** The .gitignore files that hold for a folder, the outermost first. */
export type IgnoreRules = readonly { readonly folder: string; readonly patterns: Ignore }[]

/** A matcher of patterns in the language of .gitignore, for paths relative to where they were written. */
export const patternsOf = async (lines: string | readonly string[]): Promise<Ignore> => {
  const { default: ignore } = await import('ignore')
  return ignore().add(lines)
}

/**
 * What git would ignore in a folder, by the .gitignore files from its repository's root (the workspace's root where there
 * is no repository) down to it. None for a folder that is ignored itself: who names it wants to see it.
 */
export const ignoreRulesAt = async (workspace: Workspace, path: string): Promise<IgnoreRules | undefined> => {
  const folder = resolve(workspace.root, path)
  let rules: IgnoreRules = []
  for (const each of await repositoryFolders(workspace, folder)) {
    if (isIgnored(rules, each, true)) return undefined
    rules = await rulesBelow(workspace, rules, each)
  }
  return rules
}

/** The rules for a folder, given those that hold around it. */
export const rulesBelow = async (workspace: Workspace, rules: IgnoreRules, folder: string): Promise<IgnoreRules> => {
  const file = join(folder, '.gitignore')
  const text = await orNothing(async () => ((await workspace.stat(file)) ? await workspace.read(file) : undefined))
  if (!text) return rules
  return [...rules, { folder, patterns: await patternsOf(new TextDecoder().decode(text)) }]
}

/** The innermost rule that says anything decides. `path` is absolute. */
export const isIgnored = (rules: IgnoreRules, path: string, isFolder: boolean): boolean => {
  if (path.endsWith(`${sep}.git`)) return true
  for (const { folder, patterns } of rules.toReversed()) {
    const { ignored, unignored } = patterns.test(relative(folder, path) + (isFolder ? '/' : ''))
    if (ignored || unignored) return ignored
  }
  return false
}

/** From the root of the repository, or of the workspace, down to the folder itself. */
const repositoryFolders = async (workspace: Workspace, folder: string): Promise<string[]> => {
  const folders = upwards(folder)
  for (const [index, each] of folders.entries()) {
    if (await orNothing(() => workspace.stat(join(each, '.git')))) return folders.slice(0, index + 1).reverse()
  }
  return folders.filter(each => each === workspace.root || each.startsWith(workspace.root + sep)).reverse()
}

const upwards = (folder: string): string[] =>
  dirname(folder) === folder ? [folder] : [folder, ...upwards(dirname(folder))]

/** Rules that cannot be read, or lie outside what may be reached, are no rules. */
const orNothing = async <Result>(look: () => Promise<Result | undefined>): Promise<Result | undefined> => {
  try {
    return await look()
  } catch (error) {
    if (error instanceof ToolFailure) return undefined
    throw error
  }
}
