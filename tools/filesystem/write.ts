import { type Tool, ToolFailure } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { defineTool, list, record, text } from '../define.ts'
import { type Edit, edited } from './edit.ts'
import { afterEdit, type PostEdit } from './post-edit.ts'
import { inTurn } from './turn.ts'

/** Editing holds the file in memory, several times. */
const largestEdited = 20_000_000

const path = text('The file, relative to the working directory or absolute')

/** What follows a write. */
export type Writing = { readonly postEdit: readonly PostEdit[] }

export const writeFile = ({ postEdit }: Writing): Tool =>
  defineTool({
    name: 'write_file',
    description: 'Write a whole file: a new one, with the folders it needs, or over an old one.',
    parameters: { path, content: text('All of its content') },
    execute: ({ path, content }, context) =>
      inTurn(context.workspace, async () => {
        context.signal.throwIfAborted()
        await context.workspace.write(path, content)
        const done = `File written successfully: ${path} (${Buffer.byteLength(content)} bytes)`
        return [done, ...(await afterEdit(postEdit, path, context))].join('\n')
      }),
  })

export const editFile = ({ postEdit }: Writing): Tool =>
  defineTool({
    name: 'edit_file',
    description:
      'Replace passages of a text file. Each old text must stand in the file exactly once, white space included. ' +
      'The edits are made in order, and either all of them or none.',
    parameters: {
      path,
      edits: list(
        record({ oldText: text('What stands there now, exactly'), newText: text('What shall stand there instead') }),
        'The edits',
      ),
    },
    execute: ({ path, edits }, context) =>
      inTurn(context.workspace, async () => {
        context.signal.throwIfAborted()
        const before = await readText(context.workspace, path)
        await context.workspace.write(path, edited(before, edits))
        return [toldOf(edits), ...(await afterEdit(postEdit, path, context))].join('\n')
      }),
  })

const toldOf = (edits: readonly Edit[]): string => {
  const [only] = edits
  if (only && edits.length === 1) return `File edited successfully. Replaced ${only.oldText.length} characters`
  const changes = edits.map(({ oldText }, index) => `Edit ${index + 1}: Replaced ${oldText.length} characters`)
  return `File edited successfully. Changes:\n${changes.join('\n')}`
}

const readText = async (workspace: Workspace, path: string): Promise<string> => {
  const file = await workspace.stat(path)
  if (file && file.size > largestEdited) {
    throw new ToolFailure(`${path} is too large to be edited (${file.size} bytes). Use a command such as sed.`)
  }
  try {
    // Strict, since what cannot be decoded could not be written back either.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await workspace.read(path))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new ToolFailure(`${path} is not text in UTF-8, so an edit would damage it.`)
  }
}

const paths = (what: string) => list(text('A folder'), what)

export const createDirectory = (): Tool =>
  defineTool({
    name: 'create_directory',
    description: 'Create folders, with the folders above them.',
    parameters: { paths: paths('The folders to create') },
    execute: ({ paths }, { workspace }) =>
      each(paths, 'Directory created successfully', path => workspace.makeDirectory(path)),
  })

export const removeDirectory = (): Tool =>
  defineTool({
    name: 'remove_directory',
    description: 'Remove empty folders.',
    parameters: { paths: paths('The folders to remove') },
    execute: ({ paths }, { workspace }) =>
      each(paths, 'Directory removed successfully', path => workspace.removeDirectory(path)),
  })

/** A line for each path; a ToolFailure with all of them when one could not be done. */
const each = async (paths: readonly string[], done: string, work: (path: string) => Promise<void>): Promise<string> => {
  const lines: string[] = []
  let failed = false
  for (const path of paths) {
    try {
      await work(path)
      lines.push(`${done}: ${path}`)
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error
      failed = true
      lines.push(`Error: ${error.message}`)
    }
  }
  if (failed) throw new ToolFailure(lines.join('\n'))
  return lines.join('\n')
}
