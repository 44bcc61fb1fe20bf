import type { CodeAction, Command, Diagnostic, WorkspaceEdit } from 'vscode-languageserver-protocol/node'
import { type Tool, ToolFailure } from '../../runtime/core/tool.ts'
import { count, defineTool, optional, text } from '../define.ts'
import { diagnosticsOf } from './diagnostics.ts'
import { cutText, shownUri } from './places.ts'
import type { FileWork, LanguageServer } from './server.ts'
import { file } from './tools.ts'

/** Actions that are told, and those of which it is told what they would change. */
const mostActions = 50
const mostResolved = 10
const mostEdits = 5

export const lines = {
  file,
  start_line: count('The first line, counted from 1'),
  end_line: optional(count('The last line (default: the first)')),
  kind: optional(
    text('Only actions of this kind, such as source.organizeImports or refactor.move; some are listed only then'),
  ),
}

export const codeActionsTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_code_actions',
    description:
      'List what the language server proposes for some lines: fixes of errors, refactorings. It tells what fixes would change, and changes nothing: lsp_apply_code_action does.',
    parameters: lines,
    readOnly: true,
    execute: ({ file, ...place }, context) =>
      server.about({ file, ability: 'codeAction' }, context, async at => {
        const where = `${file}:${place.start_line}`
        const actions = await actionsAt(at, place)
        if (actions.length === 0) return `No code actions available for ${where}`
        const said = await Promise.all(actions.slice(0, mostActions).map((action, index) => told(action, index, at)))
        return [`Available code actions for ${where}:`, ...said].join('\n')
      }),
  })

const touches = ({ start, end }: Diagnostic['range'], from: number, to: number): boolean =>
  start.line <= to - 1 && end.line >= from - 1

type Lines = {
  readonly start_line: number
  readonly end_line?: number | undefined
  readonly kind?: string | undefined
}

/** What the server proposes for these lines, apart from what it says cannot be done. */
export const actionsAt = async (
  at: FileWork,
  { start_line: from, end_line: to = from, kind }: Lines,
): Promise<readonly (CodeAction | Command)[]> => {
  const { session, document, signal } = at
  const diagnostics = ((await diagnosticsOf(at)) ?? []).filter(({ range }) => touches(range, from, to))
  const last = document.text.slice(document.starts[to - 1], document.starts[to]).replace(/[\r\n]+$/, '')
  const params = {
    textDocument: { uri: document.uri },
    range: { start: { line: from - 1, character: 0 }, end: { line: to - 1, character: last.length } },
    context: { diagnostics, triggerKind: 1 as const, ...(kind !== undefined && { only: [kind] }) },
  }
  const actions = (await session.ask(session.protocol.CodeActionRequest.type, params, signal)) ?? []
  return actions.filter(action => isCommand(action) || !action.disabled)
}

const told = async (action: CodeAction | Command, index: number, at: FileWork): Promise<string> => {
  if (isCommand(action)) return `${index + 1}. [command] ${action.title}`
  const { kind = 'action', title, isPreferred } = action
  const edit = index < mostResolved ? await editOf(action, at) : undefined
  return [
    `${index + 1}. [${kind}] ${title}${isPreferred ? ' (preferred)' : ''}`,
    ...(edit ? changesIn(edit, at.workspace.root) : []),
  ].join('\n')
}

export const isCommand = (action: CodeAction | Command): action is Command => typeof action.command === 'string'

/** Many servers work out what an action would change only when they are asked for it. */
export const withEdit = async (action: CodeAction, { session, signal }: FileWork): Promise<CodeAction> => {
  const provider = session.capabilities.codeActionProvider
  if (action.edit || typeof provider !== 'object' || !provider.resolveProvider) return action
  return await session.ask(session.protocol.CodeActionResolveRequest.type, action, signal)
}

const editOf = async (action: CodeAction, at: FileWork): Promise<WorkspaceEdit | undefined> => {
  try {
    return (await withEdit(action, at)).edit
  } catch (error) {
    if (error instanceof ToolFailure) return undefined
    throw error
  }
}

const changesIn = ({ changes = {}, documentChanges = [] }: WorkspaceEdit, root: string): string[] => {
  const files = documentChanges.flatMap(one => {
    if ('edits' in one) return []
    if (one.kind === 'rename') return `   ${shownUri(one.oldUri, root)} becomes ${shownUri(one.newUri, root)}`
    return `   ${shownUri(one.uri, root)} is ${one.kind}d`
  })
  const edits = [
    ...Object.entries(changes).flatMap(([uri, edits]) => edits.map(edit => ({ uri, edit }))),
    ...documentChanges.flatMap(one =>
      'edits' in one ? one.edits.map(edit => ({ uri: one.textDocument.uri, edit })) : [],
    ),
  ]
  const told = edits.slice(0, mostEdits).map(({ uri, edit: { range, ...edit } }) => {
    const place = (at: { line: number; character: number }) => `${at.line + 1}:${at.character + 1}`
    const text = 'newText' in edit ? edit.newText : edit.snippet.value
    return `   ${shownUri(uri, root)}:${place(range.start)}-${place(range.end)} becomes ${JSON.stringify(cutText(text, 400))}`
  })
  const more = edits.length > mostEdits ? [`   … and ${edits.length - mostEdits} more changes`] : []
  return [...files.slice(0, mostEdits), ...told, ...more]
}
