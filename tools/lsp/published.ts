import type { MessageConnection } from 'vscode-jsonrpc/node'
import type { Diagnostic } from 'vscode-languageserver-protocol/node'
import type { Protocol } from './session.ts'

/** Files of which something is held at most; the oldest are forgotten. */
const mostFiles = 2000
const mostOfFile = 2000

type Heard = {
  readonly diagnostics: readonly Diagnostic[]
  readonly count: number
  readonly version: number | undefined
}

/** What a server finds wrong with files, as it tells it by itself. */
export class Published {
  readonly #files = new Map<string, Heard>()
  #count = 0
  #news = Promise.withResolvers<void>()

  constructor(connection: MessageConnection, { PublishDiagnosticsNotification }: Protocol) {
    connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics, version }) => {
      this.#count += 1
      const key = keyOf(uri)
      this.#files.delete(key)
      this.#files.set(key, { diagnostics: diagnostics.slice(0, mostOfFile), count: this.#count, version })
      const [oldest] = this.#files.keys()
      if (this.#files.size > mostFiles && oldest !== undefined) this.#files.delete(oldest)
      this.#news.resolve()
      this.#news = Promise.withResolvers()
    })
  }

  /** How often something was told so far: what comes later is news. */
  get count(): number {
    return this.#count
  }

  of(uri: string): readonly Diagnostic[] | undefined {
    return this.#files.get(keyOf(uri))?.diagnostics
  }

  /**
   * Waits until something is told of a file that is newer than `since`, at most `first` milliseconds, and then until
   * nothing more is told for a while: servers say bit by bit what they find. False where nothing came.
   */
  async settled(
    uri: string,
    wait: { since: number; version: number; first: number; signal: AbortSignal },
  ): Promise<boolean> {
    const { since, version, first, signal } = wait
    const isNew = () => {
      const heard = this.#files.get(keyOf(uri))
      return heard !== undefined && heard.count > since && (heard.version === undefined || heard.version >= version)
    }
    if (!(await this.#until(isNew, first, signal))) return false
    for (let count = this.#count; ; count = this.#count) {
      const silence = this.of(uri)?.length === 0 ? longSilence : shortSilence
      if (!(await this.#until(() => this.#count > count, silence, signal))) return true
    }
  }

  async #until(isSo: () => boolean, milliseconds: number, signal: AbortSignal): Promise<boolean> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, milliseconds)
    signal.addEventListener('abort', () => late.resolve(), { once: true })
    let isLate = false
    void late.promise.then(() => {
      isLate = true
    })
    while (!isSo() && !isLate) await Promise.race([this.#news.promise, late.promise])
    clearTimeout(timer)
    return isSo()
  }
}

/** Milliseconds after which a server has said what it has to say; that all is well is often said too early. */
const shortSilence = 500
const longSilence = 1500

/** Servers escape addresses in manners of their own. */
const keyOf = (uri: string): string => {
  try {
    return decodeURIComponent(uri)
  } catch {
    return uri
  }
}
