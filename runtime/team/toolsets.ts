import { filesystemToolset } from '../../tools/filesystem.ts'
import { shellToolset } from '../../tools/shell.ts'
import { thinkToolset } from '../../tools/think.ts'
import { type TodoList, todoList, todoToolset } from '../../tools/todo.ts'
import { filtered, instructed } from '../../tools/wrap.ts'
import type { AgentConfig, ToolsetConfig } from '../config/schema.ts'
import type { Tool, Toolset } from '../core/tool.ts'
import type { Toolbox } from '../loop/agent.ts'

/** What the toolsets of one team have in common. */
export type Shared = { readonly todos: TodoList; readonly opened: AsyncDisposableStack }

export const shared = (opened: AsyncDisposableStack): Shared => ({ todos: todoList(), opened })

/** A toolset by its `type`. A new one is a file in tools/ and a line here. */
const builders: Readonly<Record<string, (config: ToolsetConfig, shared: Shared) => Toolset>> = {
  filesystem: config => filesystemToolset(config),
  shell: config => shellToolset(config),
  think: () => thinkToolset(),
  todo: (config, { todos }) => todoToolset(config.shared ? todos : todoList()),
}

const toolsetOf = (config: ToolsetConfig, shared: Shared): Toolset => {
  const build = builders[config.type]
  if (!build) throw new Error(`the toolset type ${config.type} passed the checks and has no builder`)
  const toolset = shared.opened.use(build(config, shared))
  const chosen = config.tools ? filtered(toolset, config.tools) : toolset
  return config.instruction === undefined ? chosen : instructed(chosen, config.instruction)
}

/** The tools of an agent, opened when they are first asked for and then kept. */
export const toolboxOf = (
  { toolsets = [] }: AgentConfig,
  shared: Shared,
): ((signal: AbortSignal) => Promise<Toolbox>) => {
  let opening: Promise<Toolbox> | undefined
  const open = async (signal: AbortSignal): Promise<Toolbox> => {
    const built = toolsets.map(config => toolsetOf(config, shared))
    const tools: Tool[] = (await Promise.all(built.map(toolset => toolset.open(signal)))).flat()
    return { tools, instructions: built.flatMap(({ instructions }) => (instructions ? [instructions] : [])) }
  }
  return signal => {
    opening ??= open(signal)
    return opening
  }
}
