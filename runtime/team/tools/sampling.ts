import { setTimeout as wait } from 'node:timers/promises'
import type { McpWorld, Sampling } from '../../../tools/mcp/config.ts'
import { liveBorder } from '../../border/live.ts'
import type { AgentFile } from '../../config/schema.ts'
import type { Fetch } from '../../core/border.ts'
import type { AskForm } from '../../core/form.ts'
import { textOf } from '../../core/message.ts'
import type { Model } from '../../core/model.ts'
import { type ModelWiring, modelFor } from '../models.ts'

/** What is known of models before there is a border. */
export type SamplingWiring = Pick<ModelWiring, 'file' | 'env' | 'overrides'>

type Around = {
  readonly models?: SamplingWiring
  readonly ask?: AskForm
  readonly yolo?: boolean
  readonly fetch: Fetch
}

/**
 * Lets servers ask the model of the agent that they work for. A person allows each question, or --yolo all; where
 * neither is, none is. The model is asked in the world as it is: it is part of a call, whose result is recorded.
 */
export const samplerFor =
  ({ agents }: Pick<AgentFile, 'agents'>, { models, ask, yolo = false, fetch }: Around) =>
  (agent: string): Pick<McpWorld, 'sample'> => {
    const config = agents.find(({ name }) => name === agent)
    if (!config || !models || (!ask && !yolo)) return {}
    const border = liveBorder(fetch)
    const sleep = (milliseconds: number, signal: AbortSignal) => wait(milliseconds, undefined, { signal })
    const model = () => modelFor(config, { ...models, border, sleep, now: () => performance.now() })
    return {
      async sample(sampling, signal) {
        const answer = yolo || !ask ? { action: 'accept' } : await ask(permissionFor(sampling, agent), signal)
        if (answer.action !== 'accept') throw new Error('The user does not allow it.')
        return await answerOf(model(), { sampling, agent, signal })
      },
    }
  }

const answerOf = async (
  model: Model,
  { sampling, agent, signal }: { sampling: Sampling; agent: string; signal: AbortSignal },
): Promise<{ text: string; model: string }> => {
  const { system, messages } = sampling
  const caller = { agent, lane: 'root' }
  const request = { caller, system: system === undefined ? [] : [system], stable: 0, messages, tools: [] }
  let text = ''
  let name = agent
  for await (const event of model(request, signal)) {
    if (event.type === 'part') text += textOf([event.part])
    if (event.type === 'finish') name = event.model ?? name
  }
  return { text, model: name }
}

const permissionFor = ({ from, messages }: Sampling, agent: string) => {
  const words = messages
    .map(({ role, ...rest }) => ('content' in rest ? `${role}: ${textOf(rest.content)}` : ''))
    .join('\n')
  const shown = words.length > 1000 ? `${words.slice(0, 1000)}…` : words
  return { from: `The MCP server ${from}`, message: `may it ask the model of ${agent} this?\n${shown}` }
}
