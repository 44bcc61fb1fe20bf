import type { Diagnostic } from 'vscode-languageserver-protocol/node'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { FileWork } from './server.ts'

/**
 * Milliseconds to wait for what a server finds in a file that it sees for the first time, after a change of it, and after
 * changes of others, which servers take their time to think about.
 */
const patience = { first: 15_000, none: 0, here: 3000, elsewhere: 8000 }

/** What is wrong with a file as it is now; nothing where the server has not said so in time. */
export const diagnosticsOf = async (at: FileWork): Promise<readonly Diagnostic[] | undefined> => {
  const { session, document, news, since, signal } = at
  if (session.capabilities.diagnosticProvider || session.isRegistered('textDocument/diagnostic'))
    return await pulled(at)
  const known = session.published.of(document.uri)
  if (known && news === 'none') return known
  await processed(at)
  const first = known ? patience[news] : patience.first
  // Many servers say nothing where they find what they found before.
  await session.published.settled(document.uri, { since, version: document.version, first, signal })
  signal.throwIfAborted()
  return session.published.of(document.uri)
}

const pulled = async ({ session, document, signal }: FileWork): Promise<readonly Diagnostic[]> => {
  const { DocumentDiagnosticRequest } = session.protocol
  const { diagnosticProvider: provider } = session.capabilities
  const identifier = provider?.identifier
  const report = await session.ask(
    DocumentDiagnosticRequest.type,
    { textDocument: { uri: document.uri }, ...(identifier !== undefined && { identifier }) },
    signal,
  )
  return report.kind === 'full' ? report.items : []
}

/** A server that has answered has read the change before. */
const processed = async ({ session, document, signal }: FileWork): Promise<void> => {
  if (!session.can('documentSymbol')) return
  const { DocumentSymbolRequest } = session.protocol
  try {
    await session.ask(DocumentSymbolRequest.type, { textDocument: { uri: document.uri } }, signal)
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
  }
}
