import type { AgentConfig, AgentFile } from '../config/schema.ts'
import type { Model, OutputFormat } from '../core/model.ts'
import type { Agent, Team } from '../loop/agent.ts'
import { type HookWorld, hooksOf } from '../policy/hooks.ts'
import { toolboxOf } from './tools/toolbox.ts'
import type { Shared } from './tools/toolsets.ts'

export type AgentWiring = {
  /** The model of an agent, or another one by its name in the agent file. */
  readonly modelFor: (agent: AgentConfig, reference?: string) => Model
  /** Tokens that it reads, where that is known. */
  readonly windowFor: (agent: AgentConfig) => number | undefined
  readonly shared: Shared
  /** Where hooks run, and what all of them are told. */
  readonly hookWorld: HookWorld
  /** Added to the instructions of every agent. */
  readonly promptFiles: readonly string[]
  /** Of another file than the main one: whom its agents reach, and what they may do. */
  readonly own?: Pick<Agent, 'team' | 'permission'>
}

/** The agents of a file, by name, ready to speak. */
export const teamOf = (file: AgentFile, wiring: AgentWiring): Team =>
  new Map(file.agents.map(config => [config.name, agentOf(config, wiring)]))

const agentOf = (
  config: AgentConfig,
  { modelFor, windowFor, shared, hookWorld, promptFiles, own }: AgentWiring,
): Agent => ({
  ...own,
  name: config.name,
  description: config.description ?? '',
  instruction: config.instruction ?? '',
  model: modelFor(config),
  toolbox: toolboxOf(
    config,
    shared,
    kept(reference => modelFor(config, reference)),
  ),
  subAgents: config.sub_agents ?? [],
  handoffs: config.handoffs ?? [],
  background: config.toolsets?.some(({ type }) => type === 'background_agents') ?? false,
  promptFacts: {
    date: config.add_date ?? false,
    environment: config.add_environment_info ?? false,
    files: [...new Set([...(config.add_prompt_files ?? []), ...promptFiles])],
  },
  maxIterations: config.max_iterations || Number.POSITIVE_INFINITY,
  historyItems: config.num_history_items || Number.POSITIVE_INFINITY,
  get window() {
    return windowFor(config)
  },
  ...(config.hooks && { hooks: hooksOf(config.hooks, hookWorld) }),
  ...(config.structured_output && { output: config.structured_output as OutputFormat }),
})

/** Each model is made once: it may remember what it has met. */
const kept = <Value>(make: (name: string) => Value): ((name: string) => Value) => {
  const made = new Map<string, Value>()
  return name => {
    const value = made.get(name) ?? make(name)
    made.set(name, value)
    return value
  }
}
