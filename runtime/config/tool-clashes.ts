import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import { placesOf } from './paths.ts'

/** Tools by the types of toolsets that always have the same. What others offer is known when they are asked. */
export const toolsOfTypes: Readonly<Record<string, readonly string[]>> = {
  filesystem: [
    ...['read_file', 'read_multiple_files', 'write_file', 'edit_file', 'list_directory', 'directory_tree'],
    ...['search_files_content', 'create_directory', 'remove_directory'],
  ],
  shell: ['shell', 'run_background_job', 'list_background_jobs', 'view_background_job', 'stop_background_job'],
  think: ['think'],
  todo: ['create_todo', 'create_todos', 'update_todos', 'list_todos'],
  tasks: [
    ...['create_task', 'get_task', 'update_task', 'delete_task', 'list_tasks', 'next_task'],
    ...['add_dependency', 'remove_dependency'],
  ],
  memory: ['add_memory', 'get_memories', 'delete_memory', 'search_memories', 'update_memory'],
  fetch: ['fetch'],
  user_prompt: ['user_prompt'],
  model_picker: ['change_model', 'revert_model'],
}

/** Tools of a toolset that has a name that another one of the agent has given already: only one of them can be there. */
export const clashFindings = (file: Json): Finding[] =>
  placesOf(file, 'agents.*.toolsets').flatMap(({ path, value }) => {
    const taken = new Map<string, string>()
    return (Array.isArray(value) ? value : []).flatMap((toolset, index): Finding[] => {
      const type = isJsonObject(toolset) ? String(toolset['type']) : ''
      const names = isJsonObject(toolset) ? namesIn(toolset, type) : []
      const twice = names.filter(name => taken.has(name))
      const [first] = twice
      for (const name of names) if (!taken.has(name)) taken.set(name, type)
      if (first === undefined) return []
      const what =
        twice.length === 1
          ? `Both ${taken.get(first)} and ${type} offer a tool named ${first}: that of ${type} is left out.`
          : `Both ${taken.get(first)} and ${type} offer tools named ${twice.join(', ')}: those of the later ${type} are left out.`
      return [{ path: [...path, index, 'type'], warning: true, what }]
    })
  })

const namesIn = (toolset: JsonObject, type: string): readonly string[] => {
  const { tools, shell, api_config: api } = toolset
  const own = type === 'script' && isJsonObject(shell ?? null) ? Object.keys(shell as JsonObject) : []
  const named = type === 'api' && isJsonObject(api ?? null) ? [String((api as JsonObject)['name'])] : []
  const all = [...own, ...named, ...(Object.hasOwn(toolsOfTypes, type) ? (toolsOfTypes[type] ?? []) : [])]
  return Array.isArray(tools) && tools.length > 0 ? all.filter(name => tools.includes(name)) : all
}
