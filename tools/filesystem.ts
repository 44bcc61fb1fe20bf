import type { Toolset } from '../runtime/core/tool.ts'
import { directoryTree, listDirectory } from './filesystem/list.ts'
import { readFile, readMultipleFiles } from './filesystem/read.ts'
import { searchFilesContent } from './filesystem/search.ts'
import { createDirectory, editFile, removeDirectory, writeFile } from './filesystem/write.ts'

export type FilesystemConfig = {
  /** Whether listings and searches leave out .git and what .gitignore files name; true by default. */
  readonly ignore_vcs?: boolean | undefined
}

const instructions = `# Files

- Paths are relative to the working directory, or absolute.
- Find your way with \`directory_tree\` (use \`max_depth\` in large projects) and \`search_files_content\`; read what you
  need, several files at once with \`read_multiple_files\`, and long ones in parts with \`offset\` and \`limit\`.
- Read a file before you change it. Prefer \`edit_file\` to \`write_file\` for what exists; its old text must stand in
  the file exactly once.`

/** Reading, writing and finding files. Nothing is opened before it is asked for. */
export const filesystemToolset = ({ ignore_vcs: ignoreVcs = true }: FilesystemConfig): Toolset => ({
  name: 'filesystem',
  instructions,
  open: async () => [
    readFile(),
    readMultipleFiles(),
    writeFile(),
    editFile(),
    listDirectory({ ignoreVcs }),
    directoryTree({ ignoreVcs }),
    searchFilesContent({ ignoreVcs }),
    createDirectory(),
    removeDirectory(),
  ],
  [Symbol.asyncDispose]: async () => undefined,
})
