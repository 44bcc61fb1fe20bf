import type { Toolset } from '../runtime/core/tool.ts'
import { codeActionsTool } from './lsp/actions.ts'
import { applyActionTool } from './lsp/apply.ts'
import type { LspConfig, LspWorld } from './lsp/config.ts'
import { formatTool, renameTool } from './lsp/edits.ts'
import { LanguageServer } from './lsp/server.ts'
import {
  callsTool,
  definitionTool,
  diagnosticsTool,
  documentSymbolsTool,
  hintsTool,
  hoverTool,
  implementationsTool,
  referencesTool,
  signatureTool,
  typesTool,
  workspaceSymbolsTool,
  workspaceTool,
} from './lsp/tools.ts'

const instructions = `# Code, as a language server understands it

- Lines and characters are counted from 1; a place is any character of the name that is meant. Files need not be opened,
  and changes by other tools are seen.
- \`lsp_workspace\` says which server is there and what it can do. Find a name with \`lsp_workspace_symbols\`, what a file
  holds with \`lsp_document_symbols\`, then look with \`lsp_hover\` and \`lsp_definition\`.
- Before you change what a name means, look at \`lsp_references\`; for interfaces at \`lsp_implementations\`. Rename with
  \`lsp_rename\`, not by hand.
- After each change of a file call \`lsp_diagnostics\` on it and mend what it tells; \`lsp_code_actions\` proposes how, and
  \`lsp_apply_code_action\` does it.`

/** What a language server knows. It is started at the first call, and ends with the toolset; a replay starts none. */
export const lspToolset = (config: LspConfig, world: LspWorld): Toolset => {
  const server = new LanguageServer(config, world)
  const tools = [
    workspaceTool(server),
    hoverTool(server),
    definitionTool(server),
    referencesTool(server),
    documentSymbolsTool(server),
    workspaceSymbolsTool(server),
    diagnosticsTool(server),
    renameTool(server),
    codeActionsTool(server),
    applyActionTool(server),
    formatTool(server),
    callsTool(server),
    typesTool(server),
    implementationsTool(server),
    signatureTool(server),
    hintsTool(server),
  ]
  return {
    name: 'lsp',
    instructions,
    open: async () => tools,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
