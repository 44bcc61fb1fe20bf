import { type ToolContext, ToolFailure } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { type Ability, abilities } from './abilities.ts'
import { handles, type LspConfig, type LspWorld } from './config.ts'
import { type Document, Documents, type News } from './documents.ts'
import { Lost, Session } from './session.ts'

/** A server at work for one call. */
export type Work = {
  readonly session: Session
  readonly documents: Documents
  readonly workspace: Workspace
  readonly signal: AbortSignal
}

/**
 * Work on a file, which the server has been shown as it is. `news` is what it had to be told; `since` is how often it had
 * said something of files before.
 */
export type FileWork = Work & { readonly document: Document; readonly news: News; readonly since: number }

type Running = { readonly session: Session; readonly documents: Documents }

/** A language server that is started when it is first needed, and again when it is gone. */
export class LanguageServer implements AsyncDisposable {
  readonly config: LspConfig
  readonly #world: LspWorld
  #opening: Promise<Running> | undefined
  readonly #over = new AbortController()
  #closing: Promise<void> | undefined

  constructor(config: LspConfig, world: LspWorld) {
    this.config = config
    this.#world = world
  }

  /** Does something with the server. One that ends in the middle is started again, once. */
  async use<Value>(context: ToolContext, work: (at: Work) => Promise<Value>): Promise<Value> {
    const { workspace, signal } = context
    for (let attempt = 1; ; attempt++) {
      const running = await this.#running(workspace.root, signal)
      try {
        return await work({ ...running, workspace, signal })
      } catch (error) {
        if (!(error instanceof Lost)) throw error
        signal.throwIfAborted()
        if (attempt > 1)
          throw new ToolFailure(`${this.config.name} was started again, and was lost again: ${error.message}`)
      }
    }
  }

  /** Does something about a file. Throws a ToolFailure where the server cannot, or is not for such files. */
  async about<Value>(
    { file, ability }: { readonly file: string; readonly ability?: Ability },
    context: ToolContext,
    work: (at: FileWork) => Promise<Value>,
  ): Promise<Value> {
    const { name, fileTypes } = this.config
    if (!handles(fileTypes, file)) {
      throw new ToolFailure(`No language server is there for ${file}: ${name} is for ${fileTypes.join(', ')}.`)
    }
    // Whether there is such a file is known without a server.
    await context.workspace.read(file, { start: 0, end: 1 })
    return await this.use(context, async at => {
      if (ability) this.must(at.session, ability)
      const since = at.session.published.count
      const { document, news } = await at.documents.shown(file, at.workspace)
      if (!document) throw new Error('a file was shown, and is not there')
      await at.session.progress.over(at.signal)
      return await work({ ...at, document, news, since })
    })
  }

  must(session: Session, ability: Ability): void {
    if (session.can(ability)) return
    const [words, capability] = abilities[ability]
    throw new ToolFailure(
      `${this.config.name} cannot do this: it offers no "${words}" (${capability}). lsp_workspace says what it can do.`,
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // A start that is still going on has nobody to start for.
    this.#over.abort(new Error('the run is over'))
    const running = await this.#opening?.catch(() => undefined)
    await running?.session[Symbol.asyncDispose]()
  }

  async #running(root: string, signal: AbortSignal): Promise<Running> {
    if (this.#over.signal.aborted) throw new ToolFailure(`${this.config.name} has been ended with the run.`)
    const known = await this.#opening?.catch(() => undefined)
    if (known && known.session.ending !== undefined) this.#opening = undefined
    this.#opening ??= Session.open(this.config, { root, world: this.#world, signal: this.#over.signal }).then(
      session => ({ session, documents: new Documents(session) }),
      error => {
        this.#opening = undefined
        throw error
      },
    )
    return await unlessAborted(this.#opening, signal)
  }
}

/** The start goes on for others; this call does not wait for it any more. */
const unlessAborted = async <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
