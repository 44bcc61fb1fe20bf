import { join, relative } from 'node:path'
import type { Ignore } from 'ignore'
import { type Tool, type ToolContext, ToolFailure } from '../../runtime/core/tool.ts'
import { defineTool, flag, list, optional, text } from '../define.ts'
import { type Folder, openFolder, subfolder, type View, visible, visibleOrNothing } from './folder.ts'
import { patternsOf } from './ignored.ts'
import { kindOf } from './kind.ts'
import { type Match, mostMatches, type Query, shownMatch } from './matches.ts'
import { type Find, findPattern, findText, withPatience } from './pattern.ts'
import { searchWithRipgrep } from './ripgrep.ts'

/** Files that are looked into, and bytes of a file that is. */
const mostFiles = 50_000
const largestFile = 10_000_000

export const searchFilesContent = (view: View): Tool =>
  defineTool({
    name: 'search_files_content',
    description:
      `Find text in the files of a folder. Gives up to ${mostMatches} lines as file:line:column: text, the first match ` +
      'of each line. Upper and lower case count, unless a regular expression begins with (?i).',
    parameters: {
      path: text('The folder to search, or a single file'),
      query: text('The text to find, or a regular expression'),
      is_regex: optional(flag('Take the query as a regular expression (default: false)')),
      excludePatterns: optional(list(text('A pattern'), 'Files and folders to leave out, written as in .gitignore')),
    },
    readOnly: true,
    async execute({ path, query, is_regex: isPattern = false, excludePatterns: excluded = [] }, context) {
      if (query === '') throw new ToolFailure('The query is empty.')
      const question = { path, query, isPattern, excluded, largestFile, ignoreVcs: view.ignoreVcs }
      // A single file, and whatever may not be reached, is ours to look at.
      const isFolder = (await context.workspace.stat(path))?.type === 'directory'
      const found = isFolder ? await searchWithRipgrep(question, context) : undefined
      return report(found ? { matches: found, looked: 0, tooLarge: 0 } : await searchOurselves(question, context))
    },
  })

type Result = { readonly matches: readonly Match[]; readonly looked: number; readonly tooLarge: number }

type Search = {
  readonly find: Find
  readonly guarded: (work: () => void, path: string) => void
  readonly matches: Match[]
  looked: number
  tooLarge: number
}

const searchOurselves = async (question: Query, context: ToolContext): Promise<Result> => {
  const { query, isPattern } = question
  const search: Search = {
    find: isPattern ? findPattern(query) : findText(query),
    guarded: isPattern ? await withPatience() : work => work(),
    matches: [],
    looked: 0,
    tooLarge: 0,
  }
  for await (const file of filesBelow(question, context)) {
    await searchFile(search, file, context)
    if (search.matches.length > mostMatches || search.looked >= mostFiles) break
  }
  return search
}

type Found = { readonly path: string; readonly size: number }

/** The file of that path, or the files of that folder and of those below, by name. */
async function* filesBelow(
  { path, excluded, ignoreVcs }: Query,
  { workspace, signal }: ToolContext,
): AsyncGenerator<Found> {
  const entry = await workspace.stat(path)
  if (entry?.type === 'file') return yield { path, size: entry.size }
  const top = await openFolder(workspace, path, { ignoreVcs })
  // The folder that was asked for must be there; what is below may be out of reach.
  await visible(workspace, top)
  const leftOut: Ignore = await patternsOf(excluded)
  const within = async function* (folder: Folder): AsyncGenerator<Found> {
    signal.throwIfAborted()
    for (const { name, type, size } of await visibleOrNothing(workspace, folder)) {
      const below = join(folder.path, name)
      const isFolder = type === 'directory'
      if (leftOut.ignores(relative(path, below) + (isFolder ? '/' : ''))) continue
      if (isFolder) yield* within(await subfolder(workspace, folder, name))
      if (type === 'file') yield { path: below, size }
    }
  }
  yield* within(top)
}

const searchFile = async (search: Search, { path, size }: Found, { workspace, signal }: ToolContext): Promise<void> => {
  signal.throwIfAborted()
  search.looked += 1
  if (size > largestFile) {
    search.tooLarge += 1
    return
  }
  const text = await textOrNothing(() => workspace.read(path))
  if (text === undefined) return
  search.guarded(() => {
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const found = search.find(line)
      if (found) search.matches.push({ path, number: index + 1, line, ...found })
      if (search.matches.length > mostMatches) return
    }
  }, path)
}

/** Binary files, and those that vanished or may not be read, hold nothing that could be found. */
const textOrNothing = async (read: () => Promise<Uint8Array>): Promise<string | undefined> => {
  try {
    const bytes = await read()
    const kind = kindOf(bytes)
    return kind.type === 'text' ? new TextDecoder(kind.encoding).decode(bytes) : undefined
  } catch (error) {
    if (error instanceof ToolFailure) return undefined
    throw error
  }
}

const report = ({ matches, looked, tooLarge }: Result): string => {
  const notices = [
    matches.length > mostMatches && `[Only the first ${mostMatches} matches are shown: narrow the query or the path.]`,
    looked >= mostFiles && `[Only the first ${mostFiles.toLocaleString('en')} files were searched: narrow the path.]`,
    tooLarge > 0 && `[${tooLarge} files of more than ${largestFile / 1_000_000} MB were left out.]`,
  ].filter(notice => notice !== false)
  const lines = matches.length > 0 ? matches.slice(0, mostMatches).map(shownMatch) : ['No matches found']
  return [...lines, ...notices].join('\n')
}
