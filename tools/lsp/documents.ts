import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ServerCapabilities } from 'vscode-languageserver-protocol/node'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { languageOf } from './languages.ts'
import type { Session } from './session.ts'
import { lineStarts } from './text.ts'

/** Bytes of a file that a server is shown. */
export const largestShown = 10 * 1024 * 1024

/** Files that are open at a time; the one that was not asked about for longest is closed first. */
const mostOpen = 50

/** A file as the server knows it. `path` is absolute; `version` counts what it was told of it. */
export type Document = {
  readonly path: string
  readonly uri: string
  readonly version: number
  readonly text: string
  readonly starts: readonly number[]
}

/** What a server had to be told before a question: that this file is new to it or has changed, or that others have. */
export type News = 'none' | 'here' | 'elsewhere'

type Shown = { readonly document: Document | undefined; readonly news: News }

/**
 * The files that a server was shown. Before each question all of them are looked at again, and what is another than it
 * was is told: whoever changed it, the server answers for what is there.
 */
export class Documents {
  readonly #session: Session
  readonly #open = new Map<string, Document>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(session: Session) {
    this.#session = session
  }

  /** Tells what has changed, shows the file where it is not shown yet, and says what was told. */
  shown(file: string | undefined, workspace: Workspace): Promise<Shown> {
    const work = async (): Promise<Shown> => {
      const told = await this.#refresh(workspace)
      if (file === undefined) return { document: undefined, news: told.length > 0 ? 'elsewhere' : 'none' }
      const path = resolve(workspace.root, file)
      const known = this.#open.get(path)
      const document = known ?? (await this.#show(path, await textOf(file, workspace)))
      // It is asked about: it is the last to be closed.
      this.#open.delete(path)
      this.#open.set(path, document)
      const isElsewhere = told.some(each => each !== document.uri)
      const isHere = !known || told.length > 0
      return { document, news: isElsewhere ? 'elsewhere' : isHere ? 'here' : 'none' }
    }
    const turn = this.#turn.then(work, work)
    this.#turn = turn
    return turn
  }

  at(path: string): Document | undefined {
    return this.#open.get(path)
  }

  get count(): number {
    return this.#open.size
  }

  /** The addresses of the files of which something was told. */
  async #refresh(workspace: Workspace): Promise<string[]> {
    const events = await this.#session.watching.news(this.#session.watchers)
    const { DidChangeWatchedFilesNotification } = this.#session.protocol
    if (events.length > 0) {
      await this.#session.tell(connection =>
        connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes: events }),
      )
    }
    const open = [...this.#open.values()]
    const changed = await Promise.all(open.map(document => this.#update(document, workspace)))
    return [...events.map(({ uri }) => uri), ...open.filter((_, index) => changed[index]).map(({ uri }) => uri)]
  }

  async #update(document: Document, workspace: Workspace): Promise<boolean> {
    const text = await textOf(document.path, workspace).catch(error => {
      if (error instanceof ToolFailure) return undefined
      throw error
    })
    if (text === document.text) return false
    if (text === undefined) await this.#hide(document)
    else await this.#change(document, text)
    return true
  }

  async #show(path: string, text: string): Promise<Document> {
    const { DidOpenTextDocumentNotification } = this.#session.protocol
    const [oldest] = this.#open.values()
    if (this.#open.size >= mostOpen && oldest) await this.#hide(oldest)
    const document = { path, uri: pathToFileURL(path).href, version: 1, text, starts: lineStarts(text) }
    const { uri, version } = document
    this.#open.set(path, document)
    await this.#session.tell(connection =>
      connection.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri, languageId: languageOf(path), version, text },
      }),
    )
    return document
  }

  async #change({ path, uri, version: before }: Document, text: string): Promise<void> {
    const { DidChangeTextDocumentNotification, DidSaveTextDocumentNotification } = this.#session.protocol
    const version = before + 1
    this.#open.set(path, { path, uri, version, text, starts: lineStarts(text) })
    await this.#session.tell(connection =>
      connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      }),
    )
    const saving = savingOf(this.#session.capabilities)
    if (!saving && !this.#session.isRegistered('textDocument/didSave')) return
    const saved = { textDocument: { uri }, ...(saving === 'with text' && { text }) }
    await this.#session.tell(connection => connection.sendNotification(DidSaveTextDocumentNotification.type, saved))
  }

  async #hide({ path, uri }: Document): Promise<void> {
    const { DidCloseTextDocumentNotification } = this.#session.protocol
    this.#open.delete(path)
    await this.#session.tell(connection =>
      connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } }),
    )
  }
}

/** Whether a server wants to know that a file was saved, which ours always are. */
const savingOf = ({ textDocumentSync }: ServerCapabilities): 'with text' | 'alone' | undefined => {
  if (typeof textDocumentSync !== 'object' || !textDocumentSync.save) return undefined
  return typeof textDocumentSync.save === 'object' && textDocumentSync.save.includeText ? 'with text' : 'alone'
}

/** The text of a file. Throws a ToolFailure for what is too large, or none. */
export const textOf = async (file: string, workspace: Workspace): Promise<string> => {
  const entry = await workspace.stat(file)
  if (entry && entry.size > largestShown) throw new ToolFailure(`${file} is too large for a language server.`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await workspace.read(file))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new ToolFailure(`${file} is not text in UTF-8.`)
  }
}
