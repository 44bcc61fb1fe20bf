import type { ClientCapabilities, ServerCapabilities } from 'vscode-languageserver-protocol/node'

/** What a server can do, in the words of lsp_workspace, with the name under which it says so. */
export const abilities = {
  hover: ['Hover', 'hoverProvider', 'textDocument/hover'],
  definition: ['Go to Definition', 'definitionProvider', 'textDocument/definition'],
  references: ['Find References', 'referencesProvider', 'textDocument/references'],
  implementation: ['Find Implementations', 'implementationProvider', 'textDocument/implementation'],
  documentSymbol: ['Document Symbols', 'documentSymbolProvider', 'textDocument/documentSymbol'],
  workspaceSymbol: ['Workspace Symbols', 'workspaceSymbolProvider', 'workspace/symbol'],
  codeAction: ['Code Actions', 'codeActionProvider', 'textDocument/codeAction'],
  formatting: ['Formatting', 'documentFormattingProvider', 'textDocument/formatting'],
  rename: ['Rename', 'renameProvider', 'textDocument/rename'],
  callHierarchy: ['Call Hierarchy', 'callHierarchyProvider', 'textDocument/prepareCallHierarchy'],
  typeHierarchy: ['Type Hierarchy', 'typeHierarchyProvider', 'textDocument/prepareTypeHierarchy'],
  signatureHelp: ['Signature Help', 'signatureHelpProvider', 'textDocument/signatureHelp'],
  inlayHint: ['Inlay Hints', 'inlayHintProvider', 'textDocument/inlayHint'],
} as const satisfies Readonly<
  Record<string, readonly [words: string, capability: keyof ServerCapabilities, method: string]>
>

export type Ability = keyof typeof abilities

const dynamic = { dynamicRegistration: true } as const
const texts: ('markdown' | 'plaintext')[] = ['markdown', 'plaintext']
const kinds = [
  'quickfix',
  'refactor',
  'refactor.extract',
  'refactor.inline',
  'refactor.move',
  'refactor.rewrite',
  'source',
  'source.organizeImports',
  'source.fixAll',
]

/** What we can do with what servers send. */
export const ours: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  window: { workDoneProgress: true },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: dynamic,
    didChangeWatchedFiles: { ...dynamic, relativePatternSupport: true },
    workspaceEdit: {
      documentChanges: true,
      resourceOperations: ['create', 'rename', 'delete'],
      failureHandling: 'transactional',
    },
    symbol: dynamic,
    diagnostics: { refreshSupport: true },
  },
  textDocument: {
    synchronization: { ...dynamic, didSave: true },
    publishDiagnostics: { versionSupport: true, relatedInformation: true },
    diagnostic: dynamic,
    hover: { ...dynamic, contentFormat: texts },
    definition: { ...dynamic, linkSupport: true },
    references: dynamic,
    implementation: { ...dynamic, linkSupport: true },
    documentSymbol: { ...dynamic, hierarchicalDocumentSymbolSupport: true },
    codeAction: {
      ...dynamic,
      isPreferredSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: kinds } },
    },
    formatting: dynamic,
    rename: { ...dynamic, prepareSupport: true },
    callHierarchy: dynamic,
    typeHierarchy: dynamic,
    signatureHelp: {
      ...dynamic,
      signatureInformation: {
        documentationFormat: texts,
        parameterInformation: { labelOffsetSupport: true },
        activeParameterSupport: true,
      },
    },
    inlayHint: dynamic,
  },
}
