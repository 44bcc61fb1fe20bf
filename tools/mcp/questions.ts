import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type {
  ClientCapabilities,
  CreateMessageRequest,
  CreateMessageResult,
  ElicitRequest,
  ElicitResult,
} from '@modelcontextprotocol/sdk/types.js'
import type { Form } from '../../runtime/core/form.ts'
import type { Json, JsonObject } from '../../runtime/core/json.ts'
import { type ContentPart, type Message, noUsage, textOf } from '../../runtime/core/message.ts'
import type { McpConfig, McpWorld } from './config.ts'
import { contentOf } from './content.ts'
import { answeredLater } from './later.ts'

type Sdk = typeof import('@modelcontextprotocol/sdk/types.js')

/** What servers may ask us for: a person's answers where there is one, a model's where that is allowed. */
export const capabilitiesOf = ({ ask, sample }: McpWorld): ClientCapabilities => ({
  ...(ask && { elicitation: { form: {}, url: {} } }),
  ...(sample && { sampling: {} }),
  ...((ask || sample) && {
    tasks: {
      list: {},
      cancel: {},
      requests: {
        ...(ask && { elicitation: { create: {} } }),
        ...(sample && { sampling: { createMessage: {} } }),
      },
    },
  }),
})

/** Questions to a model that one server may ask in a run: each costs money, and with --yolo nobody counts them. */
const mostSamples = 100

/** Answers what a server asks in the middle of a call. `during` stops the clocks. */
export const answerQuestions = (
  client: Client,
  sdk: Sdk,
  around: {
    readonly config: McpConfig
    readonly world: McpWorld
    readonly during: <Answer>(question: () => Promise<Answer>) => Promise<Answer>
    /** Fires when the session is over. */
    readonly ended: AbortSignal
  },
): void => {
  const { config, world, during, ended } = around
  const { ask, sample } = world
  let asked = 0
  if (ask) {
    client.setRequestHandler(sdk.ElicitRequestSchema, (request, { signal, taskStore }) => {
      const work = (until: AbortSignal) => during(async () => elicited(await ask(formIn(request, config.name), until)))
      return answeredLater(work, request, { signal, taskStore, ended })
    })
  }
  if (sample) {
    client.setRequestHandler(sdk.CreateMessageRequestSchema, (request, { signal, taskStore }) => {
      asked += 1
      if (asked > mostSamples) throw new Error(`The model was asked ${mostSamples} times, which is enough.`)
      const sampling = { ...samplingIn(request), from: config.name }
      const work = (until: AbortSignal) => during(async () => sampled(await sample(sampling, until)))
      return answeredLater(work, request, { signal, taskStore, ended })
    })
  }
}

const formIn = ({ params }: ElicitRequest, name: string): Form => ({
  from: `The MCP server ${name}`,
  message: params.message,
  ...('requestedSchema' in params && { schema: params.requestedSchema as unknown as JsonObject }),
  ...('url' in params && { url: params.url }),
})

const elicited = (answer: Awaited<ReturnType<NonNullable<McpWorld['ask']>>>): ElicitResult =>
  answer.action === 'accept' && answer.content
    ? { action: 'accept', content: answer.content as NonNullable<ElicitResult['content']> }
    : { action: answer.action }

const samplingIn = ({ params }: CreateMessageRequest): { system?: string; messages: readonly Message[] } => ({
  ...(params.systemPrompt !== undefined && { system: params.systemPrompt }),
  messages: params.messages.map(({ role, content }) => {
    const parts = contentOf({ content: [content].flat() as unknown as Json })
    return role === 'user' ? { role, content: parts } : assistant(parts)
  }),
})

const assistant = (parts: readonly ContentPart[]): Message => ({
  role: 'assistant',
  content: [{ type: 'text', text: textOf(parts) }],
  stop: 'end',
  usage: noUsage,
})

const sampled = ({ text, model }: { text: string; model: string }): CreateMessageResult => ({
  role: 'assistant',
  model,
  content: { type: 'text', text },
  stopReason: 'endTurn',
})

/** The code of an error that wants a person to do something on a page first. */
const pageNeeded = -32042

/** Whether an error of a call names pages for a person, and he has been to all of them: then the call may be made again. */
export const wasOnPages = async (
  error: unknown,
  { config, world, signal }: { config: McpConfig; world: McpWorld; signal: AbortSignal },
): Promise<boolean> => {
  const { code, data } = error as { code?: unknown; data?: { elicitations?: unknown } }
  if (code !== pageNeeded || !world.ask || !Array.isArray(data?.elicitations)) return false
  for (const page of data.elicitations as readonly ElicitRequest['params'][]) {
    const answer = await world.ask(formIn({ method: 'elicitation/create', params: page }, config.name), signal)
    if (answer.action !== 'accept') return false
  }
  return true
}
