import { pathToFileURL } from 'node:url'
import type { MessageConnection, RequestParam, RequestType } from 'vscode-jsonrpc/node'
import type {
  InitializeResult,
  Registration,
  ServerCapabilities,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol/node'
import { ToolFailure } from '../../runtime/core/tool.ts'
import { type Ability, abilities, ours } from './abilities.ts'
import { answerQuestions, logged } from './answers.ts'
import type { LspConfig, LspWorld } from './config.ts'
import { ServerProcess } from './process.ts'
import { Progress } from './progress.ts'
import { Published } from './published.ts'
import { Watching } from './watching.ts'

export type Protocol = typeof import('vscode-languageserver-protocol/node')

/** Seconds that a server has to start, and to answer. */
const patience = 120

/** The server ended while it was asked. */
export class Lost extends Error {
  override readonly name = 'Lost'
}

/** A bundle has this module, which is in the old format, as its default alone. */
const loadProtocol = async (): Promise<Protocol> => {
  const loaded: Protocol & { readonly default?: Protocol } = await import('vscode-languageserver-protocol/node')
  return loaded.default ?? loaded
}

/** Where a server is started, with what, and for how long somebody wants it. */
type Opening = { readonly root: string; readonly world: LspWorld; readonly signal: AbortSignal }

/** A server that answers, from the handshake to its end. */
export class Session implements AsyncDisposable {
  readonly protocol: Protocol
  readonly published: Published
  readonly progress: Progress
  readonly watching: Watching
  readonly root: string
  #registered = new Map<string, Registration>()
  #onEdit: ((edit: WorkspaceEdit) => Promise<void>) | undefined
  #initialized: InitializeResult = { capabilities: {} }
  readonly #connection: MessageConnection
  readonly #process: ServerProcess
  readonly #config: LspConfig

  /** Starts a server and shakes hands. Throws a ToolFailure with its reason and its last words where that fails. */
  static async open(config: LspConfig, { root, world, signal }: Opening): Promise<Session> {
    const watching = new Watching(root, config.fileTypes)
    const [protocol] = await Promise.all([loadProtocol(), watching.begin()])
    const process = await ServerProcess.start(config, root, world).catch(error => {
      throw new ToolFailure(notStarted(config, error))
    })
    try {
      const session = new Session({ config, root, world, protocol, process, watching })
      await session.#shakeHands(world, signal)
      return session
    } catch (error) {
      await process[Symbol.asyncDispose]()
      throw error instanceof Lost ? new ToolFailure(`${config.name} cannot be used: ${error.message}`) : error
    }
  }

  private constructor(parts: {
    readonly config: LspConfig
    readonly root: string
    readonly world: LspWorld
    readonly protocol: Protocol
    readonly process: ServerProcess
    readonly watching: Watching
  }) {
    const { config, root, world, protocol, process, watching } = parts
    this.protocol = protocol
    this.root = root
    this.watching = watching
    this.#config = config
    this.#process = process
    const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = protocol
    const { stdout, stdin } = process.child
    const log = logged(config.name, world.log)
    this.#connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin))
    this.#connection.onError(([error]) => log(error.message))
    this.published = new Published(this.#connection, protocol)
    this.progress = new Progress(this.#connection)
    const edit = () => this.#onEdit
    answerQuestions(this.#connection, protocol, { config, root, log, registered: this.#registered, edit })
    this.#connection.listen()
  }

  async #shakeHands({ version }: LspWorld, signal: AbortSignal): Promise<void> {
    const { InitializeRequest, InitializedNotification } = this.protocol
    const uri = pathToFileURL(this.root).href
    const { settings } = this.#config
    this.#initialized = await this.ask(
      InitializeRequest.type,
      {
        processId: process.pid,
        clientInfo: { name: 'reprise', version },
        rootUri: uri,
        rootPath: this.root,
        workspaceFolders: [{ uri, name: this.root.split('/').at(-1) ?? this.root }],
        capabilities: ours,
        ...(settings && { initializationOptions: settings }),
      },
      signal,
    )
    await this.tell(connection => connection.sendNotification(InitializedNotification.type, {}))
  }

  get info(): InitializeResult['serverInfo'] {
    return this.#initialized.serverInfo
  }

  get capabilities(): ServerCapabilities {
    return this.#initialized.capabilities
  }

  /** Globs of files whose changes the server wants to be told. */
  get watchers(): readonly Registration[] {
    return [...this.#registered.values()].filter(({ method }) => method === 'workspace/didChangeWatchedFiles')
  }

  get ending(): string | undefined {
    return this.#process.ending
  }

  can(ability: Ability): boolean {
    const [, capability, method] = abilities[ability]
    return Boolean(this.capabilities[capability]) || this.isRegistered(method)
  }

  isRegistered(method: string): boolean {
    return [...this.#registered.values()].some(one => one.method === method)
  }

  /** Makes the edits that the server wants to be made while this goes on. */
  async editing<Value>(onEdit: (edit: WorkspaceEdit) => Promise<void>, work: () => Promise<Value>): Promise<Value> {
    this.#onEdit = onEdit
    try {
      return await work()
    } finally {
      this.#onEdit = undefined
    }
  }

  /** Sends something that is not answered. */
  async tell(send: (connection: MessageConnection) => Promise<void>): Promise<void> {
    if (this.ending !== undefined) throw this.#lost(this.ending)
    await Promise.race([send(this.#connection).catch(() => undefined), this.#process.gone])
  }

  /**
   * The answer to a request. Throws a ToolFailure where there is none in time, or a refusal, and `Lost` where the server
   * is gone. What it says itself to be out of date is asked again.
   */
  async ask<P, R, E>(type: RequestType<P, R, E>, params: RequestParam<P>, signal: AbortSignal): Promise<R> {
    const limit = AbortSignal.timeout(1000 * (this.#config.timeout ?? patience))
    const both = AbortSignal.any([signal, limit])
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#once(type, params, both)
        this.#process.guard.answered()
        return answer
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof Lost) throw error
        if (limit.aborted) throw this.#silent(type.method)
        this.#process.guard.answered()
        if (!isOutdated(error) || attempt >= 5) throw new ToolFailure(this.#refused(type.method, error))
        await new Promise(resolve => setTimeout(resolve, 100 * attempt))
      }
    }
  }

  async #once<P, R, E>(type: RequestType<P, R, E>, params: RequestParam<P>, signal: AbortSignal): Promise<R> {
    if (this.ending !== undefined) throw this.#lost(this.ending)
    signal.throwIfAborted()
    const source = new this.protocol.CancellationTokenSource()
    const aborted = Promise.withResolvers<never>()
    const onAbort = () => {
      source.cancel()
      aborted.reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort)
    const gone = this.#process.gone.then(why => {
      throw this.#lost(why)
    })
    try {
      const answer = this.#connection.sendRequest(type, params, source.token)
      // A pipe that breaks is told by the end of the process, which comes a moment later.
      const answered = answer.catch(async (error: unknown) => {
        if (this.#isAnswer(error)) throw error
        return await gone
      })
      return await Promise.race([answered, gone, aborted.promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
      gone.catch(() => undefined)
      aborted.promise.catch(() => undefined)
    }
  }

  /** Asks it to leave, and sees to it that it does, with all that it has started. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ending === undefined) await this.#leave()
    this.#connection.dispose()
    await this.#process[Symbol.asyncDispose]()
  }

  async #leave(): Promise<void> {
    const { ShutdownRequest, ExitNotification } = this.protocol
    const farewell = this.#connection
      .sendRequest(ShutdownRequest.type)
      .then(() => this.#connection.sendNotification(ExitNotification.type))
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, 1000)
    await Promise.race([farewell.catch(() => undefined), this.#process.gone, late])
    clearTimeout(timer)
  }

  /** The connection has errors of its own, with codes of its own. */
  #isAnswer(error: unknown): boolean {
    return error instanceof this.protocol.ResponseError && !(error.code >= -32099 && error.code <= -32096)
  }

  #lost(why: string): Lost {
    const { errors } = this.#process
    return new Lost(`${why}.${errors === '' ? '' : `\nIts last words were:\n${errors}`}`)
  }

  #silent(method: string): ToolFailure {
    const { name, timeout = patience } = this.#config
    const doing = this.progress.text
    return new ToolFailure(
      `${name} did not answer ${method} within ${timeout} s.${doing === '' ? '' : ` It says that it is busy: ${doing}.`}`,
    )
  }

  #refused(method: string, error: unknown): string {
    return `${this.#config.name} did not do ${method}: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Codes of errors that mean: what this was about has changed meanwhile. */
const outdated = [-32801, -32802]

const isOutdated = (error: unknown): boolean => outdated.includes(Number((error as { code?: unknown }).code))

const notStarted = ({ name, command, version }: LspConfig, error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code !== 'ENOENT') return `${name} cannot be started: ${message}.`
  const from =
    version === undefined || /^(false|off)$/.test(version) ? '' : ` The agent file says that it is ${version}.`
  return `${name} cannot be started: there is no program ${command}. It has to be installed.${from}`
}
