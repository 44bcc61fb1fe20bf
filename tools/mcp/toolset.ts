import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '../../runtime/core/json.ts'
import type { ContentPart } from '../../runtime/core/message.ts'
import { type Offer, type OfferingToolset, type ToolContext, ToolFailure } from '../../runtime/core/tool.ts'
import type { McpConfig, McpWorld } from './config.ts'
import { Connection } from './connection.ts'
import { contentOf, promptOf } from './content.ts'
import { type Listed, type Listing, listingOf, offered, type ServerTool } from './listing.ts'
import { wasOnPages } from './questions.ts'
import type { Session } from './session.ts'
import { callProblem, Lost, messageOf, plain, ServerFailure } from './words.ts'

/** The tools of an MCP server. Nothing is started, and not even the SDK is loaded, before it is asked or called. */
export const mcpToolset = (config: McpConfig, world: McpWorld): OfferingToolset => new McpToolset(config, world)

class McpToolset implements OfferingToolset {
  readonly name: string
  readonly #config: McpConfig
  readonly #world: McpWorld
  readonly #connection: Connection
  #listed: (Listing & { readonly from: Listed }) | undefined
  /** Turns in which a server that failed at its start is tried again. */
  #chances = 4

  constructor(config: McpConfig, world: McpWorld) {
    this.name = config.name
    this.#config = config
    this.#world = world
    this.#connection = new Connection(config, world)
  }

  async offer(signal: AbortSignal): Promise<Offer> {
    try {
      return this.#listingOf(await this.#connection.session(signal)).offer
    } catch (error) {
      signal.throwIfAborted()
      this.#chances = chancesAfter(error, this.#chances)
      return missing(this.#config, this.#inWords(error))
    }
  }

  async news(since: Offer, signal: AbortSignal): Promise<Offer | null> {
    if (!this.#mayHaveNews(since)) return null
    try {
      const session = await this.#connection.session(signal)
      if (this.#connection.isChanged) await session.relist(signal)
      this.#connection.isChanged = false
      const { offer } = this.#listingOf(session)
      return isDeepStrictEqual(offer, since) ? null : offer
    } catch {
      // The tools of a server that is gone stay: a call starts it again.
      signal.throwIfAborted()
      return null
    }
  }

  #mayHaveNews(since: Offer): boolean {
    if (this.#connection.isOpen) return this.#connection.isChanged || this.#listed?.offer !== since
    const isMissing = this.#listed === undefined && since.notices !== undefined && since.tools.length === 0
    if (isMissing) this.#chances -= 1
    return isMissing && this.#chances >= 0
  }

  async call(name: string, input: JsonObject, { signal, report }: ToolContext): Promise<readonly ContentPart[]> {
    for (let attempt = 1; ; attempt++) {
      const session = await this.#session(signal)
      const tool = this.#toolOf(name, session)
      try {
        return contentOf(await session.call(tool, input, { signal, report }))
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof ToolFailure) throw error
        const around = { config: this.#config, world: this.#world, signal }
        if (attempt === 1 && (await wasOnPages(error, around))) continue
        if (!(error instanceof Lost)) throw new ToolFailure(this.#world.clean(callProblem(error, this.name)))
        this.#connection.drop(session)
        if (attempt > 1 || !(error.isUndone || tool.isRepeatable)) throw lost(this.name, this.#inWords(error))
      }
    }
  }

  async prompt(name: string, given: JsonObject, signal: AbortSignal): Promise<readonly ContentPart[]> {
    const session = await this.#session(signal)
    const known = session.listed().prompts.find(prompt => offered(prompt.name, this.#config) === name)
    if (!known) throw new ToolFailure(`The MCP server ${this.name} has no prompt ${name} any more.`)
    try {
      return promptOf(await session.prompt(known.name, given, signal))
    } catch (error) {
      signal.throwIfAborted()
      throw new ToolFailure(this.#world.clean(callProblem(error, this.name)))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]()
  }

  /** What a server wrote last, and addresses, may hold what the agent file gave it. */
  #inWords(error: unknown): string {
    return this.#world.clean(messageOf(error))
  }

  async #session(signal: AbortSignal): Promise<Session> {
    try {
      return await this.#connection.sessionAgain(signal)
    } catch (error) {
      signal.throwIfAborted()
      throw new ToolFailure(`The MCP server ${this.name} cannot be used: ${this.#inWords(error)}`)
    }
  }

  #listingOf(session: Session): Listing {
    const listed = session.listed()
    if (this.#listed?.from !== listed) this.#listed = { from: listed, ...listingOf(this.#config, listed) }
    return this.#listed
  }

  #toolOf(name: string, session: Session): ServerTool {
    const { byName } = this.#listingOf(session)
    const tool = byName.get(name)
    if (tool) return tool
    throw new ToolFailure(
      `The MCP server ${this.name} has no tool ${name} any more. It has: ${[...byName.keys()].join(', ')}.`,
    )
  }
}

/** A person may log in while the run goes on, whenever that is. */
const chancesAfter = (error: unknown, before: number): number => {
  if (!(error instanceof ServerFailure) || !error.isFinal) return before
  return error.awaits === 'login' ? Number.POSITIVE_INFINITY : 0
}

const missing = ({ name }: McpConfig, why: string): Offer => ({
  tools: [],
  notices: [plain(`The MCP server ${name} cannot be used, and its tools are missing: ${why}`)],
})

const lost = (name: string, why: string): ToolFailure =>
  new ToolFailure(
    `The MCP server ${name} was lost during this call. It may have done its work, or part of it. It is started again when it is called again. Why it was lost: ${why}`,
  )
