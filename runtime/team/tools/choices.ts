import { addTool, type Deferred, deferInstructions, deferTools } from '../../../tools/defer.ts'
import { changeModel, revertModel } from '../../../tools/model-picker.ts'
import type { Message, ToolCall } from '../../core/message.ts'
import type { Tool } from '../../core/tool.ts'
import type { Held } from './names.ts'
import { instructionsOf, type OpenSet, type Stock } from './sources.ts'

/**
 * What a model has chosen in the course of its conversation: tools that it added, in their order, and the model that
 * speaks from then on. `next` is the model that its toolset wants for the turn after the last calls, and for no other.
 */
export type Choices = { readonly added: readonly string[]; readonly model?: string; readonly next?: string }

/**
 * The choices after these messages, which came since the agent was last asked. They are read from what was said, and not
 * from what tools did: a replay runs none, and a conversation that is taken up again is as it was.
 */
export const choicesAfter = ({ added, model }: Choices, news: readonly Message[], stock: Stock): Choices => {
  const done = doneIn(news)
  let chosen = model
  const adding = new Set(added)
  for (const { name, input } of done) {
    if (name === addTool) adding.add(String(input['name']))
    const picker = fromOf(name, stock)?.config
    if (picker?.type !== 'model_picker') continue
    if (name === revertModel) chosen = undefined
    if (name === changeModel && picker.models?.includes(String(input['model']))) chosen = String(input['model'])
  }
  return { added: [...adding], ...(chosen !== undefined && { model: chosen }), ...nextIn(news, stock) }
}

/** Calls that did what was asked. */
export const doneIn = (messages: readonly Message[]): ToolCall[] =>
  messages.flatMap((message, index) => answered(message, messages[index + 1]))

const answered = (message: Message, next: Message | undefined): ToolCall[] => {
  if (message.role !== 'assistant' || next?.role !== 'tool') return []
  const good = new Set(next.results.filter(({ error }) => error === undefined).map(({ callId }) => callId))
  return callsIn(message).filter(({ id }) => good.has(id))
}

/** Whether a tool was added that is not there, since its server has not started. */
export const isMissing = (messages: readonly Message[], { held }: Stock): boolean =>
  doneIn(messages).some(
    ({ name, input }) => name === addTool && !held.some(({ tool }) => tool.name === String(input['name'])),
  )

/** Of several toolsets that want a model, that of the first call has its way, as in cagent. */
const nextIn = (news: readonly Message[], stock: Stock): Pick<Choices, 'next'> => {
  const [reply, results] = news.slice(-2)
  if (reply?.role !== 'assistant' || results?.role !== 'tool') return {}
  const next = callsIn(reply).flatMap(({ name }) => fromOf(name, stock)?.config.model || [])[0]
  return next === undefined ? {} : { next }
}

const callsIn = (message: Message): ToolCall[] =>
  message.role === 'assistant' ? message.content.filter(part => part.type === 'tool-call') : []

const fromOf = (name: string, { held }: Stock) => held.find(({ tool }) => tool.name === name)?.from

/** What is seen of a stock where some of its tools are found when they are needed; what was added stands at the end. */
export const withDeferred = (
  stock: Stock,
  { added }: Choices,
  everything: (signal: AbortSignal) => Promise<Stock>,
): { readonly tools: readonly Tool[]; readonly instructions: readonly string[] } => {
  const deferred = stock.held.filter(isDeferred)
  const seen = stock.sets.filter(({ config }) => config.defer !== true)
  const look = async (signal: AbortSignal) => {
    const { held, notices } = await everything(signal)
    return { deferred: held.filter(isDeferred).map(deferredOf), notices }
  }
  const finding = deferTools(look, name => added.includes(name))
  return {
    tools: [
      ...stock.held.filter(one => !isDeferred(one)).map(({ tool }) => tool),
      ...finding,
      ...added.flatMap(name => deferred.find(({ tool }) => tool.name === name)?.tool ?? []),
    ],
    instructions: [...instructionsOf(seen), deferInstructions],
  }
}

const isDeferred = ({ tool, from: { config, name } }: Held<OpenSet>): boolean => {
  const { defer } = config
  if (!Array.isArray(defer)) return defer === true
  // A name that was taken got the server's in front.
  return defer.some(each => each === tool.name || `${name}_${each}` === tool.name)
}

const deferredOf = ({ tool, from: { config, instructions } }: Held<OpenSet>): Deferred => ({
  tool,
  ...(config.defer === true && instructions && { instructions }),
})
