import type { Tool, Toolset } from '../runtime/core/tool.ts'
import type { Workspace } from '../runtime/core/workspace.ts'
import { directoryTree, listDirectory } from './filesystem/list.ts'
import type { PostEdit } from './filesystem/post-edit.ts'
import { readFile, readMultipleFiles } from './filesystem/read.ts'
import { searchFilesContent } from './filesystem/search.ts'
import { createDirectory, editFile, removeDirectory, writeFile } from './filesystem/write.ts'

export type FilesystemConfig = {
  /** Whether listings and searches leave out .git and what .gitignore files name; true by default. */
  readonly ignore_vcs?: boolean | undefined
  /** The folders that may be reached, relative to the working directory or absolute; all of them where absent. */
  readonly allow_list?: readonly string[] | undefined
  /** Commands that run after a file was written, such as formatters. */
  readonly post_edit?: readonly PostEdit[] | undefined
}

const instructions = `# Files

- Paths are relative to the working directory, or absolute.
- Find your way with \`directory_tree\` (use \`max_depth\` in large projects) and \`search_files_content\`; read what you
  need, several files at once with \`read_multiple_files\`, and long ones in parts with \`offset\` and \`limit\`.
- Read a file before you change it. Prefer \`edit_file\` to \`write_file\` for what exists; its old text must stand in
  the file exactly once.`

/** Reading, writing and finding files. Nothing is opened before it is asked for. */
export const filesystemToolset = (config: FilesystemConfig): Toolset => {
  const { ignore_vcs: ignoreVcs = true, post_edit: postEdit = [], allow_list: allowList } = config
  const tools = [
    readFile(),
    readMultipleFiles(),
    writeFile({ postEdit }),
    editFile({ postEdit }),
    listDirectory({ ignoreVcs }),
    directoryTree({ ignoreVcs }),
    searchFilesContent({ ignoreVcs }),
    createDirectory(),
    removeDirectory(),
  ]
  return {
    name: 'filesystem',
    instructions: allowList
      ? `${instructions}\n- You can reach files in these folders only: ${allowList.join(', ')}.`
      : instructions,
    open: async () => (allowList ? confined(tools, allowList) : tools),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** Tools that see a workspace which ends at these folders; of one workspace always the same one, since writes take turns. */
const confined = (tools: readonly Tool[], folders: readonly string[]): readonly Tool[] => {
  const narrowed = new WeakMap<Workspace, Workspace>()
  const narrow = (workspace: Workspace): Workspace => {
    const known = narrowed.get(workspace) ?? workspace.within(folders)
    narrowed.set(workspace, known)
    return known
  }
  return tools.map(({ execute, ...tool }) => ({
    ...tool,
    execute: (input, context) => execute(input, { ...context, workspace: narrow(context.workspace) }),
  }))
}
