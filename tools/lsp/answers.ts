import { pathToFileURL } from 'node:url'
import type { MessageConnection } from 'vscode-jsonrpc/node'
import type { Registration, WorkspaceEdit } from 'vscode-languageserver-protocol/node'
import { isJsonObject, type Json } from '../../runtime/core/json.ts'
import type { LspConfig } from './config.ts'
import type { Protocol } from './session.ts'

/** A log of lines that a server wrote, which may be long. */
export const logged =
  (name: string, log: (line: string) => void) =>
  (text: string): void =>
    log(`lsp ${name}: ${text.slice(0, 2000)}`)

type Around = {
  readonly config: LspConfig
  readonly root: string
  readonly log: (line: string) => void
  /** What the server registers later than at its start, by the id under which it may take it back. */
  readonly registered: Map<string, Registration>
  /** Makes an edit that a command wants; absent where nobody has asked for any. */
  readonly edit: () => ((edit: WorkspaceEdit) => Promise<void>) | undefined
}

/** Registrations that are held at most. */
const mostRegistered = 1000

/** Answers what servers ask for. Edits are made while a tool is at work that was asked about, and at no other time. */
export const answerQuestions = (
  connection: MessageConnection,
  protocol: Protocol,
  { config, root, log, registered, edit: editing }: Around,
): void => {
  connection.onRequest(protocol.ConfigurationRequest.type, ({ items }) =>
    items.map(({ section }) => settingAt(config.settings, section) ?? null),
  )
  connection.onRequest(protocol.WorkspaceFoldersRequest.type, () => [
    { uri: pathToFileURL(root).href, name: root.split('/').at(-1) ?? root },
  ])
  connection.onRequest(protocol.RegistrationRequest.type, ({ registrations }) => {
    for (const one of registrations) if (registered.size < mostRegistered) registered.set(one.id, one)
  })
  // The protocol spells it so.
  connection.onRequest(protocol.UnregistrationRequest.type, ({ unregisterations }) => {
    for (const { id } of unregisterations) registered.delete(id)
  })
  connection.onRequest(protocol.WorkDoneProgressCreateRequest.type, () => undefined)
  connection.onRequest(protocol.ApplyWorkspaceEditRequest.type, async ({ edit }) => {
    const make = editing()
    if (!make) return { applied: false, failureReason: 'files are changed only when a tool is called that does so' }
    try {
      await make(edit)
      return { applied: true }
    } catch (error) {
      return { applied: false, failureReason: error instanceof Error ? error.message : String(error) }
    }
  })
  connection.onRequest(protocol.ShowMessageRequest.type, ({ message }) => {
    log(message)
    return null
  })
  connection.onRequest(protocol.ShowDocumentRequest.type, () => ({ success: false }))
  for (const { type } of [
    protocol.DiagnosticRefreshRequest,
    protocol.InlayHintRefreshRequest,
    protocol.SemanticTokensRefreshRequest,
    protocol.CodeLensRefreshRequest,
  ]) {
    connection.onRequest(type, () => undefined)
  }
  connection.onNotification(protocol.LogMessageNotification.type, ({ message }) => log(message))
  connection.onNotification(protocol.ShowMessageNotification.type, ({ message }) => log(message))
}

/** `python.analysis` is looked for as a key, then as a path. */
const settingAt = (settings: Json | undefined, section: string | undefined): Json | undefined => {
  if (section === undefined || section === '') return settings
  if (settings === undefined || !isJsonObject(settings)) return undefined
  if (Object.hasOwn(settings, section)) return settings[section]
  return section
    .split('.')
    .reduce<Json | undefined>(
      (value, key) =>
        value !== undefined && isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined,
      settings,
    )
}
