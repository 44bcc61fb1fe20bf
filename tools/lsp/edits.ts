import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver-protocol/node'
import { type Tool, ToolFailure } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { defineTool, text } from '../define.ts'
import { inTurn } from '../filesystem/turn.ts'
import { textOf } from './documents.ts'
import { pathIn, placeText, positionIn, shownPath } from './places.ts'
import type { FileWork, LanguageServer } from './server.ts'
import { indentationOf, Overlapping, withEdits } from './text.ts'
import { file, position } from './tools.ts'

/** A file before and after an edit; `path` is absolute. */
type Change = { readonly path: string; readonly before: string; readonly after: string; readonly count: number }

export const renameTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_rename',
    description:
      'Give the name at a place another one, wherever it is used, in all files of the project: in all of them, or in none.',
    parameters: { ...position, new_name: text('The new name') },
    execute: ({ new_name: newName, ...place }, context) =>
      inTurn(context.workspace, () =>
        server.about({ file: place.file, ability: 'rename' }, context, async at => {
          const { session, document, workspace, signal } = at
          const where = positionIn(document, place, workspace.root)
          const { PrepareRenameRequest, RenameRequest } = session.protocol
          const provider = session.capabilities.renameProvider
          const isPrepared = typeof provider !== 'object' || !provider.prepareProvider
          const may = isPrepared || (await session.ask(PrepareRenameRequest.type, where, signal))
          const edit = may ? await session.ask(RenameRequest.type, { ...where, newName }, signal) : null
          if (!edit) throw new ToolFailure(`What stands here cannot be renamed: ${placeText(at, place)}`)
          const changes = await changesOf(edit, at)
          if (changes.length === 0) return 'No changes were needed'
          await write(changes, workspace)
          const lines = changes.map(({ path, count }) => `- ${shownPath(path, workspace.root)} (${count} change(s))`)
          return [`Renamed to '${newName}'`, `Modified ${changes.length} file(s):`, ...lines].join('\n')
        }),
      ),
  })

export const formatTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_format',
    description: 'Format a file as its language and the project want it.',
    parameters: { file },
    execute: ({ file }, context) =>
      inTurn(context.workspace, () =>
        server.about({ file, ability: 'formatting' }, context, async at => {
          const { session, document, workspace, signal } = at
          const params = { textDocument: { uri: document.uri }, options: indentationOf(document.text) }
          const edits = await session.ask(session.protocol.DocumentFormattingRequest.type, params, signal)
          const changes = await changesOf({ changes: { [document.uri]: edits ?? [] } }, at)
          if (changes.length === 0) return `No formatting changes needed for ${file}`
          await write(changes, workspace)
          return `Formatted ${file}\nApplied ${changes[0]?.count ?? 0} formatting change(s)`
        }),
      ),
  })

/** What an edit would make of files. Throws a ToolFailure where any of it cannot be done: then none is. */
const changesOf = async (edit: WorkspaceEdit, at: FileWork): Promise<Change[]> => {
  const inside = at.workspace.within([at.workspace.root])
  const changes: Change[] = []
  for (const [path, edits] of editsIn(edit, at)) {
    const before = await textOf(path, inside)
    const known = at.documents.at(path)
    if (known && known.text !== before)
      throw new ToolFailure(`${path} was changed meanwhile. Nothing was changed; try again.`)
    const after = edited(path, before, edits)
    if (after !== before) changes.push({ path, before, after, count: edits.length })
  }
  return changes
}

const edited = (path: string, text: string, edits: readonly TextEdit[]): string => {
  try {
    return withEdits(text, edits)
  } catch (error) {
    if (!(error instanceof Overlapping)) throw error
    throw new ToolFailure(`The language server proposes changes of ${path} that overlap. Nothing was changed.`)
  }
}

/** Edits by the paths of their files. The protocol has two ways to write them, and the newer one is meant where both are there. */
const editsIn = (
  { changes = {}, documentChanges }: WorkspaceEdit,
  { documents }: FileWork,
): Map<string, TextEdit[]> => {
  const byPath = new Map<string, TextEdit[]>()
  const add = (uri: string, edits: readonly TextEdit[]) => {
    const path = pathIn(uri)
    if (path === undefined)
      throw new ToolFailure(`The language server wants to change ${uri}, which is no file. Nothing was changed.`)
    byPath.set(path, [...(byPath.get(path) ?? []), ...edits])
    return documents.at(path)
  }
  if (!documentChanges) {
    for (const [uri, edits] of Object.entries(changes)) add(uri, edits)
    return byPath
  }
  for (const one of documentChanges) {
    if (!('edits' in one)) {
      throw new ToolFailure(
        `The language server wants to ${one.kind} a file for this, which it may not. Nothing was changed.`,
      )
    }
    const { uri, version } = one.textDocument
    const document = add(uri, one.edits.map(plainEdit))
    if (document && typeof version === 'number' && version !== document.version)
      throw new ToolFailure(`${document.path} was changed meanwhile. Nothing was changed; try again.`)
  }
  return byPath
}

const plainEdit = (edit: TextEdit | { readonly range: TextEdit['range']; readonly snippet: unknown }): TextEdit => {
  if ('newText' in edit) return edit
  throw new ToolFailure('The language server answers with a snippet, which is no text. Nothing was changed.')
}

/** All of the files or none: what was written is put back where one cannot be. */
const write = async (changes: readonly Change[], workspace: Workspace): Promise<void> => {
  const inside = workspace.within([workspace.root])
  const written: Change[] = []
  try {
    for (const change of changes) {
      await inside.write(change.path, change.after)
      written.push(change)
    }
  } catch (error) {
    for (const { path, before } of written) await inside.write(path, before)
    if (!(error instanceof ToolFailure)) throw error
    throw new ToolFailure(`${error.message} Nothing was changed.`)
  }
}
