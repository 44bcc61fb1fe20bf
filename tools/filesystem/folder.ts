import { join, resolve } from 'node:path'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { Entry, Workspace } from '../../runtime/core/workspace.ts'
import { type IgnoreRules, ignoreRulesAt, isIgnored, rulesBelow } from './ignored.ts'

/** A folder as a tool looks at it: `path` as the model would write it, and what is not shown of it. */
export type Folder = { readonly path: string; readonly rules: IgnoreRules | undefined }

export type View = { readonly ignoreVcs: boolean }

export const openFolder = async (workspace: Workspace, path: string, { ignoreVcs }: View): Promise<Folder> => ({
  path,
  rules: ignoreVcs ? await ignoreRulesAt(workspace, path) : undefined,
})

export const subfolder = async (workspace: Workspace, { path, rules }: Folder, name: string): Promise<Folder> => {
  const below = join(path, name)
  return { path: below, rules: rules && (await rulesBelow(workspace, rules, resolve(workspace.root, below))) }
}

/** What a folder shows, by name. Links are shown as links, and never gone into, so that circles do not matter. */
export const visible = async (workspace: Workspace, { path, rules }: Folder): Promise<readonly Entry[]> => {
  const entries = await workspace.list(path)
  if (!rules) return entries
  const folder = resolve(workspace.root, path)
  return entries.filter(({ name, type }) => !isIgnored(rules, join(folder, name), type === 'directory'))
}

/** As `visible`, for a folder on the way: one that cannot be read shows nothing. */
export const visibleOrNothing = async (workspace: Workspace, folder: Folder): Promise<readonly Entry[]> => {
  try {
    return await visible(workspace, folder)
  } catch (error) {
    if (error instanceof ToolFailure) return []
    throw error
  }
}

/** A name on a line of its own: one that would break the line is written as JSON. */
export const onOneLine = (name: string): string => (/\p{Cc}/u.test(name) ? JSON.stringify(name) : name)
