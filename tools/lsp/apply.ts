import type { CodeAction, Command, WorkspaceEdit } from 'vscode-languageserver-protocol/node'
import { type Tool, ToolFailure } from '../../runtime/core/tool.ts'
import { defineTool, text } from '../define.ts'
import { inTurn } from '../filesystem/turn.ts'
import { actionsAt, isCommand, lines, withEdit } from './actions.ts'
import { Draft } from './draft.ts'
import type { FileWork, LanguageServer } from './server.ts'

export const applyActionTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_apply_code_action',
    description:
      'Do what one of the actions of lsp_code_actions proposes: in all files or in none. It may make, move and remove files.',
    parameters: { ...lines, title: text('The title of the action, as lsp_code_actions tells it') },
    // Servers do some of it themselves.
    isOpaque: true,
    execute: ({ title, ...place }, context) =>
      inTurn(context.workspace, () =>
        server.about({ file: place.file, ability: 'codeAction' }, context, async at => {
          const action = named(title, await actionsAt(at, place))
          const { changed, note } = await done(action, at)
          if (changed.length === 0) return `Done: ${title}\nNo changes were needed${note}`
          return [`Done: ${title}`, `Modified ${changed.length} file(s):`, ...changed].join('\n') + note
        }),
      ),
  })

const named = (title: string, actions: readonly (CodeAction | Command)[]): CodeAction | Command => {
  const action = actions.find(one => one.title === title)
  if (action) return action
  const known = actions.map(one => `- ${one.title}`).join('\n')
  throw new ToolFailure(
    actions.length === 0
      ? 'Nothing is proposed for these lines, so nothing was done.'
      : `There is no action "${title}" for these lines. There are:\n${known}`,
  )
}

type Done = { readonly changed: readonly string[]; readonly note: string }

/** An edit comes before a command, as the protocol says. */
const done = async (action: CodeAction | Command, at: FileWork): Promise<Done> => {
  const whole = isCommand(action) ? { title: action.title, command: action } : await withEdit(action, at)
  const changed: string[] = []
  const apply = async (edit: WorkspaceEdit) => void changed.push(...(await applied(edit, at)))
  if (whole.edit) await apply(whole.edit)
  const note = whole.command ? await run(whole.command, at, apply) : ''
  return { changed, note }
}

/** What it would change is told to the server before it goes on, for it may have more to change. */
export const applied = async (edit: WorkspaceEdit, at: FileWork): Promise<readonly string[]> => {
  const draft = await Draft.of(edit, at)
  const changed = draft.lines()
  await draft.write()
  if (changed.length > 0) await at.documents.shown(undefined, at.workspace)
  return changed
}

/** Runs a command of the server, which asks for its edits to be made. What it says where it fails after that. */
const run = async (
  { command, arguments: given }: Command,
  { session, signal }: FileWork,
  apply: (edit: WorkspaceEdit) => Promise<void>,
): Promise<string> => {
  if (!session.capabilities.executeCommandProvider?.commands.includes(command))
    throw new ToolFailure(`This action is a command for editors (${command}), which cannot be done here.`)
  let edits = 0
  let failure: unknown
  const onEdit = async (edit: WorkspaceEdit) => {
    try {
      await apply(edit)
      edits += 1
    } catch (error) {
      failure ??= error
      throw error
    }
  }
  const params = { command, ...(given && { arguments: given }) }
  try {
    await session.editing(onEdit, () => session.ask(session.protocol.ExecuteCommandRequest.type, params, signal))
  } catch (error) {
    if (!(error instanceof ToolFailure) || edits === 0) throw failure ?? error
    return failure === undefined ? `\nThe server said after that: ${error.message}` : ''
  }
  if (failure !== undefined) throw failure
  return ''
}
