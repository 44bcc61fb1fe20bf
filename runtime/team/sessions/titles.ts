import { liveBorder } from '../../border/live.ts'
import type { AgentFile } from '../../config/schema.ts'
import type { Fetch } from '../../core/border.ts'
import { Failure } from '../../core/errors.ts'
import type { RunEvent } from '../../core/event.ts'
import { isOfUser, textOf } from '../../core/message.ts'
import type { Model } from '../../core/model.ts'
import { priced } from '../../models/compose.ts'
import { modelOf } from '../../models/model.ts'
import { endpointsFor, type ModelWiring } from '../models.ts'

export type Title = { readonly title: string; readonly cost: number }

type Wiring = Pick<ModelWiring, 'env' | 'overrides'> & { readonly file: AgentFile; readonly fetch: Fetch }

/**
 * Listens to a conversation, and asks the model of its agent for a title once a turn has come to its end; `entitle` gets it.
 * It is asked beside the conversation, in the world as it is, about as little as will do, and without being let think. A
 * title that does not come, or not before `signal` fires, is no failure: the first words stand in for it.
 */
export const titling = (
  wiring: Wiring,
  entitle: (title: Title) => void,
  signal: AbortSignal,
): ((event: RunEvent) => void) => {
  let question = ''
  let answer = ''
  let isAsked = false
  return event => {
    if (isAsked || event.path.length > 0) return
    if (event.type === 'message' && isOfUser(event.message)) question ||= textOf(event.message.content)
    if (event.type === 'message' && event.message.role === 'assistant') answer = textOf(event.message.content)
    if (event.type !== 'agent-end' || event.reason !== 'done') return
    isAsked = true
    const model = modelFor(event.agent, wiring)
    if (model)
      void titleFrom(model, { agent: event.agent, question, answer, signal }).then(entitle, unlessFailure(signal))
  }
}

const unlessFailure =
  (signal: AbortSignal) =>
  (error: unknown): void => {
    if (error instanceof Failure || signal.aborted) return
    throw error
  }

const modelFor = (name: string, { file, env, overrides, fetch }: Wiring): Model | undefined => {
  const agent = file.agents.find(agent => agent.name === name)
  const [endpoint] = agent ? endpointsFor(agent, { file, env, overrides }) : []
  if (!endpoint) return undefined
  const { settings } = endpoint
  const quick = settings.thinkingBudget === undefined ? settings : { ...settings, thinkingBudget: 'none' as const }
  return priced(modelOf({ ...endpoint, settings: quick }, liveBorder(fetch)), `${endpoint.provider}/${endpoint.model}`)
}

const system =
  'You give conversations their titles. Answer with the title alone: at most six words that say what the conversation is about, in its language, without quotation marks and without a full stop at the end.'

/** Characters of what was said that the model reads. */
const enough = 1000

type Asked = {
  readonly agent: string
  readonly question: string
  readonly answer: string
  readonly signal: AbortSignal
}

const titleFrom = async (model: Model, { agent, question, answer, signal }: Asked): Promise<Title> => {
  const text = `<user>\n${question.slice(0, enough)}\n</user>\n<assistant>\n${answer.slice(0, enough)}\n</assistant>`
  const request = {
    caller: { agent, lane: 'title' },
    system: [system],
    stable: 1,
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }],
    tools: [],
  }
  let said = ''
  let cost = 0
  for await (const event of model(request, signal)) {
    if (event.type === 'part') said += textOf([event.part])
    if (event.type === 'finish') cost = event.cost ?? 0
  }
  return { title: titleIn(said), cost }
}

/** Characters that a title may have. */
const longest = 80

/** The first line without the marks that models put around titles; '' where there is nothing to it. */
export const titleIn = (text: string): string => {
  const [line = ''] = text.trim().split('\n')
  const bare = line.replace(/^(?:title:|[\s#*_"'“”«»`])+|[\s*_"'“”«»`.]+$/giu, '').replace(/\s+/g, ' ')
  return bare.length > longest ? '' : bare
}
