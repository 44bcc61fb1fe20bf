import { type Tool, ToolFailure } from '../../runtime/core/tool.ts'
import { defineTool, text } from '../define.ts'
import { inTurn } from '../filesystem/turn.ts'
import { applied } from './apply.ts'
import { placeText, positionIn } from './places.ts'
import type { LanguageServer } from './server.ts'
import { indentationOf } from './text.ts'
import { file, position } from './tools.ts'

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
          if (!edit) throw new ToolFailure(`What is here cannot be renamed: ${placeText(at, place)}`)
          const changed = await applied(edit, at)
          if (changed.length === 0) return 'No changes were needed'
          return [`Renamed to '${newName}'`, `Modified ${changed.length} file(s):`, ...changed].join('\n')
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
          const { session, document, signal } = at
          const params = { textDocument: { uri: document.uri }, options: indentationOf(document.text) }
          const edits = await session.ask(session.protocol.DocumentFormattingRequest.type, params, signal)
          const changed = await applied({ changes: { [document.uri]: edits ?? [] } }, at)
          if (changed.length === 0) return `No formatting changes needed for ${file}`
          return `Formatted ${file}\nApplied ${edits?.length ?? 0} formatting change(s)`
        }),
      ),
  })
