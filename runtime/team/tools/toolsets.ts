import type { ApiConfig } from '../../../tools/api.ts'
import { filesystemToolset } from '../../../tools/filesystem.ts'
import { mcpToolset } from '../../../tools/mcp/toolset.ts'
import type { ScriptConfig } from '../../../tools/script.ts'
import { shellToolset } from '../../../tools/shell.ts'
import { thinkToolset } from '../../../tools/think.ts'
import { type TodoList, todoList, todoToolset } from '../../../tools/todo.ts'
import { filtered, instructed, tooned } from '../../../tools/wrap.ts'
import type { ToolsetConfig } from '../../config/schema.ts'
import type { Border, Fetch } from '../../core/border.ts'
import type { OfferingToolset, Toolset } from '../../core/tool.ts'
import type { AskFor } from '../asking.ts'
import { mcpConfig, type Servers } from './mcp.ts'
import type { Storage } from './storage.ts'

/** What the toolsets of one team have in common. */
export type Shared = {
  readonly todos: TodoList
  readonly opened: AsyncDisposableStack
  readonly border: Border
  readonly fetch: Fetch
  readonly servers: Servers
  readonly storage: Storage
  /** Language servers by what the agent file says of them: agents that want the same have one. */
  readonly languageServers: Map<string, Toolset>
  /** Asks the person for more than a yes; absent where nobody can be asked. */
  readonly askFor?: AskFor
  /** Whether servers start at once that could wait: somebody wants to see all of them. */
  readonly startsAll?: true
  /** Something a person should know, as a sentence. */
  readonly notice: (text: string) => void
  /** What is played back holds what others' tools have answered, and ours run. */
  readonly isOfOthers?: boolean
}

export const shared = (common: Omit<Shared, 'todos' | 'languageServers'>): Shared => ({
  todos: todoList(),
  languageServers: new Map(),
  ...common,
})

/** What an agent file says of a toolset; skills are one that it does not name. */
export type SetConfig = Omit<ToolsetConfig, 'type'> & { readonly type: ToolsetConfig['type'] | 'skills' }

type Built = Toolset | OfferingToolset
type Builder = (config: ToolsetConfig, shared: Shared, agent: string) => Built | Promise<Built>

/** A toolset by its `type`. A new one is a file in tools/ and a line here; those that few agents have are loaded when one does. */
const builders: Readonly<Record<string, Builder>> = {
  filesystem: config => filesystemToolset(config),
  shell: config => shellToolset(config),
  think: (_, { isOfOthers = false }) => thinkToolset({ repeats: isOfOthers }),
  mcp: (config, { servers }, agent) => mcpToolset(mcpConfig(config, servers), servers.worldFor(agent)),
  api: async config => (await import('../../../tools/api.ts')).apiToolset(config as ApiConfig),
  background_agents: async () => (await import('../../../tools/background.ts')).backgroundToolset(),
  fetch: async config => (await import('../../../tools/fetch.ts')).fetchToolset(config),
  lsp: async (config, { servers, languageServers }, agent) => {
    const [{ lspToolset }, { lspConfig, lspWorld }] = await Promise.all([
      import('../../../tools/lsp.ts'),
      import('./lsp.ts'),
    ])
    const wanted = lspConfig(config)
    const key = JSON.stringify(wanted)
    const toolset = languageServers.get(key) ?? lspToolset(wanted, lspWorld(servers, agent))
    languageServers.set(key, toolset)
    return toolset
  },
  memory: async ({ path }, { storage }) => {
    const { memoryToolset } = await import('../../../tools/memory.ts')
    return memoryToolset({ path: path ? storage.beside(path) : storage.own('memory.db'), now: storage.now })
  },
  model_picker: async ({ models = [] }) => (await import('../../../tools/model-picker.ts')).modelPickerToolset(models),
  openapi: async (config, { storage, fetch }) => {
    const { openapiToolset } = await import('../../../tools/openapi.ts')
    return openapiToolset(config, { fetch, read: path => storage.read(path), yaml: readYaml })
  },
  script: async config => (await import('../../../tools/script.ts')).scriptToolset(config as ScriptConfig),
  tasks: async ({ path = 'tasks.json' }, { storage }) => {
    const { tasksToolset } = await import('../../../tools/tasks.ts')
    return tasksToolset({ path: storage.beside(path), now: storage.now })
  },
  todo: (config, { todos }) => todoToolset(config.shared ? todos : todoList()),
  user_prompt: async (_, { askFor }, agent) =>
    (await import('../../../tools/user-prompt.ts')).userPromptToolset({
      from: `The agent ${agent}`,
      ...(askFor && { ask: askFor(agent) }),
    }),
}

/** Skills are no toolset of the agent file, and a replay loads nothing of them. */
export const skillsOf = (skills: true | readonly string[], { fetch, storage }: Shared): OfferingToolset => {
  const load = async () => {
    const { skillsConfig, skillsToolset } = await import('../../../tools/skills.ts')
    return skillsToolset(skillsConfig(skills), { ...storage, fetch, yaml: readYaml })
  }
  let loading: ReturnType<typeof load> | undefined
  const loaded = () => {
    loading ??= load()
    return loading
  }
  return {
    name: 'skills',
    offer: async signal => await (await loaded()).offer(signal),
    news: async () => null,
    call: async (...call) => await (await loaded()).call(...call),
    prompt: async (...prompt) => await (await loaded()).prompt(...prompt),
    granted: async (...asked) => (await (await loaded()).granted?.(...asked)) ?? [],
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const readYaml = async (text: string): Promise<unknown> =>
  (await import('../../cassette/file/yaml-any.ts')).readAny(text)

/** A toolset as its file in tools/ makes it; it ends with the run. */
export const builtToolset = async (config: ToolsetConfig, shared: Shared, agent = ''): Promise<Built> => {
  const build = builders[config.type]
  if (!build) throw new Error(`the toolset type ${config.type} passed the checks and has no builder`)
  return shared.opened.use(await build(config, shared, agent))
}

/** What these shall offer is chosen by name on the way to it. */
const choosing: readonly string[] = ['mcp', 'openapi']

/** A toolset with what the agent file says of any toolset. */
export const dressed = (toolset: Toolset, config: SetConfig): Toolset => {
  const chosen = config.tools && !choosing.includes(config.type) ? filtered(toolset, config.tools) : toolset
  const short = config.toon ? tooned(chosen, config.toon) : chosen
  return config.instruction === undefined ? short : instructed(short, config.instruction)
}
