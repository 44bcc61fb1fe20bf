import type { MessageConnection } from 'vscode-jsonrpc/node'

/** Milliseconds for which work that goes on is waited for, and after which it is not waited for again. */
const patience = 20_000

/** Milliseconds in which a server that was just shown its first file begins to read the project, if it does so at all. */
const reaction = 1000

/** Works that are told of at most: one that begins without end shall not be held. */
const most = 200

type Work = { text: string; isWaitedFor: boolean }

/** What a server says that it is busy with, such as the reading of a project: before that is over it knows half. */
export class Progress {
  readonly #works = new Map<string | number, Work>()
  #changed = Promise.withResolvers<void>()
  /** Nobody has waited for the first work yet. */
  #isFresh = true

  constructor(connection: MessageConnection) {
    connection.onUnhandledProgress(({ token, value }) => this.#heard(token, value as Told))
  }

  /** What it is doing, in its own words. */
  get text(): string {
    return [...this.#works.values()]
      .map(({ text }) => text)
      .join('; ')
      .slice(0, 300)
  }

  /** Until nothing is being done, or for as long as it is worth waiting. */
  async over(signal: AbortSignal): Promise<void> {
    if (this.#isFresh && this.#works.size === 0) await this.#begun(signal)
    this.#isFresh = false
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      for (const work of this.#works.values()) work.isWaitedFor = false
      late.resolve()
    }, patience)
    const onAbort = () => late.resolve()
    signal.addEventListener('abort', onAbort)
    try {
      while (!signal.aborted && [...this.#works.values()].some(({ isWaitedFor }) => isWaitedFor))
        await Promise.race([this.#changed.promise, late.promise])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }

  async #begun(signal: AbortSignal): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, reaction)
    const onAbort = () => late.resolve()
    signal.addEventListener('abort', onAbort)
    await Promise.race([this.#changed.promise, late.promise])
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }

  #heard(token: string | number, { kind, title = '', message = '' }: Told): void {
    if (kind === 'begin' && this.#works.size < most) this.#works.set(token, { text: title, isWaitedFor: true })
    if (kind === 'begin') this.#tell()
    const work = this.#works.get(token)
    if (kind === 'report' && work && message !== '') work.text = `${work.text.split(': ')[0]}: ${message}`
    if (kind !== 'end') return
    this.#works.delete(token)
    this.#tell()
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

type Told = { readonly kind?: string; readonly title?: string; readonly message?: string }
