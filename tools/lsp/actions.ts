import type { CodeAction, Command, Diagnostic, WorkspaceEdit } from 'vscode-languageserver-protocol/node'
import { type Tool, ToolFailure } from '../../runtime/core/tool.ts'
import { count, defineTool, optional } from '../define.ts'
import { diagnosticsOf } from './diagnostics.ts'
import { cutText, shownUri } from './places.ts'
import type { FileWork, LanguageServer } from './server.ts'
import { file } from './tools.ts'

/** Actions that are told, and those of which it is told what they would change. */
const mostActions = 50
const mostResolved = 10
const mostEdits = 5

export const codeActionsTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_code_actions',
    description:
      'List what the language server proposes for some lines: fixes of errors, refactorings. It tells what fixes would change, and changes nothing.',
    parameters: {
      file,
      start_line: count('The first line, counted from 1'),
      end_line: optional(count('The last line (default: the first)')),
    },
    readOnly: true,
    execute: ({ file, start_line: from, end_line: to = from }, context) =>
      server.about({ file, ability: 'codeAction' }, context, async at => {
        const diagnostics = ((await diagnosticsOf(at)) ?? []).filter(({ range }) => touches(range, from, to))
        const actions = await actionsAt(at, { from, to, diagnostics })
        if (actions.length === 0) return `No code actions available for ${file}:${from}`
        const lines = await Promise.all(actions.slice(0, mostActions).map((action, index) => told(action, index, at)))
        return [`Available code actions for ${file}:${from}:`, ...lines].join('\n')
      }),
  })

const touches = ({ start, end }: Diagnostic['range'], from: number, to: number): boolean =>
  start.line <= to - 1 && end.line >= from - 1

type Lines = { readonly from: number; readonly to: number; readonly diagnostics: Diagnostic[] }

const actionsAt = async (
  { session, document, signal }: FileWork,
  { from, to, diagnostics }: Lines,
): Promise<readonly (CodeAction | Command)[]> => {
  const last = document.text.slice(document.starts[to - 1], document.starts[to]).replace(/[\r\n]+$/, '')
  const params = {
    textDocument: { uri: document.uri },
    range: { start: { line: from - 1, character: 0 }, end: { line: to - 1, character: last.length } },
    context: { diagnostics, triggerKind: 1 as const },
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

const isCommand = (action: CodeAction | Command): action is Command => typeof action.command === 'string'

/** Many servers work out what an action would change only when they are asked for it. */
const editOf = async (action: CodeAction, { session, signal }: FileWork): Promise<WorkspaceEdit | undefined> => {
  const provider = session.capabilities.codeActionProvider
  if (action.edit || typeof provider !== 'object' || !provider.resolveProvider) return action.edit
  try {
    return (await session.ask(session.protocol.CodeActionResolveRequest.type, action, signal)).edit
  } catch (error) {
    if (error instanceof ToolFailure) return undefined
    throw error
  }
}

const changesIn = ({ changes = {}, documentChanges = [] }: WorkspaceEdit, root: string): string[] => {
  const edits = [
    ...Object.entries(changes).flatMap(([uri, edits]) => edits.map(edit => ({ uri, edit }))),
    ...documentChanges.flatMap(one =>
      'edits' in one ? one.edits.map(edit => ({ uri: one.textDocument.uri, edit })) : [],
    ),
  ]
  const lines = edits.slice(0, mostEdits).map(({ uri, edit: { range, ...edit } }) => {
    const place = (at: { line: number; character: number }) => `${at.line + 1}:${at.character + 1}`
    const text = 'newText' in edit ? edit.newText : edit.snippet.value
    return `   ${shownUri(uri, root)}:${place(range.start)}-${place(range.end)} becomes ${JSON.stringify(cutText(text, 400))}`
  })
  return edits.length > mostEdits ? [...lines, `   … and ${edits.length - mostEdits} more changes`] : lines
}
