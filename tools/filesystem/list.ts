import { basename, join } from 'node:path'
import { type Tool, type ToolContext, ToolFailure } from '../../runtime/core/tool.ts'
import type { Entry } from '../../runtime/core/workspace.ts'
import { count, defineTool, optional, text } from '../define.ts'
import { type Folder, onOneLine, openFolder, subfolder, type View, visible, visibleOrNothing } from './folder.ts'

const mostEntries = 1000

const path = text('The folder, relative to the working directory or absolute')

export const listDirectory = (view: View): Tool =>
  defineTool({
    name: 'list_directory',
    description: 'Show what is in a folder: a line for each file (FILE name) and folder (DIR  name).',
    parameters: { path },
    readOnly: true,
    async execute({ path }, context) {
      const { workspace } = context
      const entries = await visible(workspace, await openFolder(workspace, path, view))
      if (entries.length === 0) return `[${path} shows no files or folders]`
      const shown = entries.slice(0, mostEntries)
      const lines = await Promise.all(shown.map(entry => lineFor(join(path, entry.name), entry, context)))
      const left = entries.length - shown.length
      return lines.join('') + (left > 0 ? `...output truncated due to file limit: ${left} more...\n` : '')
    },
  })

const lineFor = async (path: string, { name, type }: Entry, context: ToolContext): Promise<string> => {
  const isFolder = type === 'directory' || (type === 'link' && (await leadsToFolder(path, context)))
  return `${isFolder ? 'DIR ' : 'FILE'} ${onOneLine(name)}\n`
}

const leadsToFolder = async (path: string, { workspace }: ToolContext): Promise<boolean> => {
  try {
    return (await workspace.stat(path))?.type === 'directory'
  } catch (error) {
    // It leads out of what may be reached, or round in circles.
    if (error instanceof ToolFailure) return false
    throw error
  }
}

type Node = { readonly name: string; readonly type: Entry['type']; children?: Node[]; truncated?: true }

export const directoryTree = (view: View): Tool =>
  defineTool({
    name: 'directory_tree',
    description:
      `Show a folder with all that is below it, as JSON: {name, type, children}. Shows up to ${mostEntries} entries, ` +
      'upper levels first; a folder of which not everything is shown is marked as truncated.',
    parameters: { path, max_depth: optional(count('How many levels (default: all)')) },
    readOnly: true,
    async execute({ path, max_depth = Number.POSITIVE_INFINITY }, context) {
      const root: Node = { name: basename(path) || path, type: 'directory' }
      const top = await openFolder(context.workspace, path, view)
      // The folder that was asked for must be there; what is below may be out of reach.
      await visible(context.workspace, top)
      await grow([{ node: root, folder: top }], { depth: max_depth, room: mostEntries }, context)
      return JSON.stringify(root)
    },
  })

type Branch = { readonly node: Node; readonly folder: Folder }

/** Level by level, so that what there is no room for is what lies deepest. */
const grow = async (
  level: readonly Branch[],
  { depth, room }: { readonly depth: number; readonly room: number },
  context: ToolContext,
): Promise<void> => {
  if (level.length === 0) return
  const next: Branch[] = []
  let left = room
  for (const { node, folder } of level) {
    context.signal.throwIfAborted()
    const entries = depth > 0 ? await visibleOrNothing(context.workspace, folder) : []
    const shown = entries.slice(0, left)
    left -= shown.length
    node.children = shown.map(({ name, type }) => ({ name, type }))
    if (shown.length < entries.length || depth <= 0) node.truncated = true
    for (const child of node.children.filter(({ type }) => type === 'directory')) {
      next.push({ node: child, folder: await subfolder(context.workspace, folder, child.name) })
    }
  }
  await grow(next, { depth: depth - 1, room: left }, context)
}
