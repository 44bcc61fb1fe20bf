import type { Tool, ToolContext } from '../../runtime/core/tool.ts'
import { count, defineTool, flag, oneOf, optional, text } from '../define.ts'
import { type Ability, abilities } from './abilities.ts'
import { diagnosticsOf } from './diagnostics.ts'
import { type Found, locationsText, placeText, positionIn, shownPath } from './places.ts'
import type { FileWork, LanguageServer } from './server.ts'
import {
  diagnosticsText,
  hintsText,
  hoverText,
  incomingText,
  outgoingText,
  signaturesText,
  symbolsText,
  typesText,
} from './words.ts'

export const file = text('The file, relative to the working directory or absolute')
export const position = {
  file,
  line: count('The line, counted from 1'),
  character: count('The character in the line, counted from 1: any of the name that is meant'),
}

type Position = { readonly file: string; readonly line: number; readonly character: number }

/** Something about a place in a file, which the server is asked for, or a sentence where it knows nothing. */
const asked = async (
  server: LanguageServer,
  { ability, nothing }: { readonly ability: Ability; readonly nothing: string },
  place: Position,
  context: ToolContext,
  work: (at: FileWork, where: ReturnType<typeof positionIn>) => Promise<string>,
): Promise<string> =>
  await server.about({ file: place.file, ability }, context, async at => {
    const said = await work(at, positionIn(at.document, place, at.workspace.root))
    return said === '' ? `${nothing}: ${placeText(at, place)}` : said
  })

export const workspaceTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_workspace',
    description: 'Tell which language server is at work here, for which files, and what it can do.',
    parameters: {},
    readOnly: true,
    execute: (_, context) =>
      server.use(context, async ({ session, workspace }) => {
        const { command, args, fileTypes } = server.config
        const { name = server.config.name, version = '' } = session.info ?? {}
        const busy = session.progress.text
        return [
          'Workspace Information:',
          `- Root: ${workspace.root}`,
          `- LSP Command: ${[command, ...args].join(' ')}`,
          `- Server: ${`${name} ${version}`.trim()}`,
          `- File types: ${fileTypes.length > 0 ? fileTypes.join(', ') : 'all'}`,
          ...(busy === '' ? [] : [`- Busy: ${busy}`]),
          '',
          'Available Capabilities:',
          ...Object.entries(abilities).map(
            ([ability, [words]]) => `- ${words}: ${session.can(ability as Ability) ? 'Yes' : 'No'}`,
          ),
        ].join('\n')
      }),
  })

export const hoverTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_hover',
    description: 'Tell the type and the documentation of what stands at a place.',
    parameters: position,
    readOnly: true,
    execute: (place, context) =>
      asked(
        server,
        { ability: 'hover', nothing: 'Nothing is known of this place' },
        place,
        context,
        async (at, where) => {
          const hover = await at.session.ask(at.session.protocol.HoverRequest.type, where, at.signal)
          return hover ? hoverText(hover) : ''
        },
      ),
  })

export const definitionTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_definition',
    description: 'Find where the name at a place is defined.',
    parameters: position,
    readOnly: true,
    execute: (place, context) =>
      asked(server, { ability: 'definition', nothing: 'No definition found' }, place, context, async (at, where) =>
        found((await at.session.ask(at.session.protocol.DefinitionRequest.type, where, at.signal)) as Found, at),
      ),
  })

export const referencesTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_references',
    description: 'Find all places where the name at a place is used. Do so before you change what it means.',
    parameters: {
      ...position,
      include_declaration: optional(flag('Whether the declaration itself is told, too (default: true)')),
    },
    readOnly: true,
    execute: ({ include_declaration: includeDeclaration = true, ...place }, context) =>
      asked(server, { ability: 'references', nothing: 'No references found' }, place, context, async (at, where) => {
        const params = { ...where, context: { includeDeclaration } }
        return found(await at.session.ask(at.session.protocol.ReferencesRequest.type, params, at.signal), at)
      }),
  })

export const implementationsTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_implementations',
    description: 'Find what implements the interface or the abstract method at a place.',
    parameters: position,
    readOnly: true,
    execute: (place, context) =>
      asked(
        server,
        { ability: 'implementation', nothing: 'No implementations found' },
        place,
        context,
        async (at, where) =>
          found((await at.session.ask(at.session.protocol.ImplementationRequest.type, where, at.signal)) as Found, at),
      ),
  })

const found = async (places: Found, at: FileWork): Promise<string> =>
  [places ?? []].flat().length === 0 ? '' : await locationsText(places, at)

export const signatureTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_signature_help',
    description: 'Tell the parameters of a function at a place between the parentheses of a call.',
    parameters: position,
    readOnly: true,
    execute: (place, context) =>
      asked(server, { ability: 'signatureHelp', nothing: 'No call is here' }, place, context, async (at, where) => {
        const help = await at.session.ask(at.session.protocol.SignatureHelpRequest.type, where, at.signal)
        return help ? signaturesText(help) : ''
      }),
  })

export const callsTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_call_hierarchy',
    description: 'Tell who calls the function at a place (incoming), or whom it calls (outgoing).',
    parameters: { ...position, direction: oneOf(['incoming', 'outgoing'], 'Which calls') },
    readOnly: true,
    execute: ({ direction, ...place }, context) =>
      asked(server, { ability: 'callHierarchy', nothing: 'No function is here' }, place, context, async (at, where) => {
        const { session, workspace, signal } = at
        const { CallHierarchyPrepareRequest, CallHierarchyIncomingCallsRequest, CallHierarchyOutgoingCallsRequest } =
          session.protocol
        const items = (await session.ask(CallHierarchyPrepareRequest.type, where, signal)) ?? []
        const texts = items.map(async item =>
          direction === 'incoming'
            ? incomingText(
                item.name,
                (await session.ask(CallHierarchyIncomingCallsRequest.type, { item }, signal)) ?? [],
                workspace.root,
              )
            : outgoingText(
                item.name,
                (await session.ask(CallHierarchyOutgoingCallsRequest.type, { item }, signal)) ?? [],
                workspace.root,
              ),
        )
        return (await Promise.all(texts)).join('\n')
      }),
  })

export const typesTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_type_hierarchy',
    description: 'Tell what the type at a place is made from (supertypes), or what is made from it (subtypes).',
    parameters: { ...position, direction: oneOf(['supertypes', 'subtypes'], 'Which types') },
    readOnly: true,
    execute: ({ direction, ...place }, context) =>
      asked(server, { ability: 'typeHierarchy', nothing: 'No type is here' }, place, context, async (at, where) => {
        const { session, workspace, signal } = at
        const { TypeHierarchyPrepareRequest, TypeHierarchySupertypesRequest, TypeHierarchySubtypesRequest } =
          session.protocol
        const items = (await session.ask(TypeHierarchyPrepareRequest.type, where, signal)) ?? []
        const request = direction === 'supertypes' ? TypeHierarchySupertypesRequest : TypeHierarchySubtypesRequest
        const texts = items.map(async item =>
          typesText(
            { name: item.name, direction },
            (await session.ask(request.type, { item }, signal)) ?? [],
            workspace.root,
          ),
        )
        return (await Promise.all(texts)).join('\n')
      }),
  })

export const documentSymbolsTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_document_symbols',
    description: 'List what a file defines, as a tree: types, functions, variables, and the lines in which they begin.',
    parameters: { file },
    readOnly: true,
    execute: ({ file }, context) =>
      server.about({ file, ability: 'documentSymbol' }, context, async ({ session, document, workspace, signal }) => {
        const params = { textDocument: { uri: document.uri } }
        const symbols = (await session.ask(session.protocol.DocumentSymbolRequest.type, params, signal)) ?? []
        return symbols.length === 0 ? `No symbols found in ${file}` : symbolsText(symbols, workspace.root)
      }),
  })

export const workspaceSymbolsTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_workspace_symbols',
    description: 'Search the project for what is called so, or somewhat like it: types, functions, variables.',
    parameters: { query: text('The name, or a part of it') },
    readOnly: true,
    execute: ({ query }, context) =>
      server.use(context, async ({ session, documents, workspace, signal }) => {
        server.must(session, 'workspaceSymbol')
        // Some servers know of no project before they are shown a file of it.
        await documents.shown(documents.count > 0 ? undefined : session.watching.some(1)[0], workspace)
        await session.progress.over(signal)
        const symbols = (await session.ask(session.protocol.WorkspaceSymbolRequest.type, { query }, signal)) ?? []
        return symbols.length === 0 ? `No symbols found matching '${query}'` : symbolsText(symbols, workspace.root)
      }),
  })

export const diagnosticsTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_diagnostics',
    description: 'Tell the errors and warnings in a file, as it is now. Do so after you have changed it.',
    parameters: { file },
    readOnly: true,
    execute: ({ file }, context) =>
      server.about({ file }, context, async at => {
        const found = await diagnosticsOf(at)
        const path = shownPath(at.document.path, at.workspace.root)
        if (!found)
          return `${server.config.name} has said nothing of ${path} so far: it may be busy, or have nothing to say.`
        return found.length === 0 ? `No diagnostics for ${path}` : diagnosticsText(path, found, at.workspace.root)
      }),
  })

export const hintsTool = (server: LanguageServer): Tool =>
  defineTool({
    name: 'lsp_inlay_hints',
    description: 'Tell types and names of parameters that are not written in a file, for some of its lines or all.',
    parameters: {
      file,
      start_line: optional(count('The first line, counted from 1 (default: the first of the file)')),
      end_line: optional(count('The last line (default: the last of the file)')),
    },
    readOnly: true,
    execute: ({ file, start_line: from = 1, end_line: to }, context) =>
      server.about({ file, ability: 'inlayHint' }, context, async ({ session, document, signal }) => {
        const last = Math.min(to ?? document.starts.length, document.starts.length)
        const range = { start: { line: from - 1, character: 0 }, end: { line: last, character: 0 } }
        const params = { textDocument: { uri: document.uri }, range }
        const hints = (await session.ask(session.protocol.InlayHintRequest.type, params, signal)) ?? []
        const where = `${file}:${from}-${last}`
        return hints.length === 0 ? `No inlay hints for ${where}` : hintsText(where, hints)
      }),
  })
