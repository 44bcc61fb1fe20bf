import { type Tool, ToolFailure, type Toolset } from '../runtime/core/tool.ts'
import { defineTool, optional, text } from './define.ts'
import { type Memories, type Memory, openMemories } from './memory/database.ts'

export type MemoryConfig = {
  /** The database, absolute: it is ours and not the workspace's. */
  readonly path: string
  readonly now: () => Date
}

const instructions = `# Memory

- Look for what you know with \`search_memories\` before you begin; \`get_memories\` shows everything.
- Keep what will be useful in other conversations: preferences, corrections, decisions, how this project does things. Say
  nothing about it.
- Correct what is there with \`update_memory\` rather than add to it. Use categories such as preference, fact, project and
  decision.`

type Store = { readonly memories: () => Promise<Memories>; readonly now: () => Date }

/** What stays from one conversation to the next. The database is opened with the first call. */
export const memoryToolset = ({ path, now }: MemoryConfig): Toolset => {
  let opening: Promise<Memories> | undefined
  const store: Store = {
    now,
    memories() {
      opening ??= openMemories(path)
      // One that could not be opened is tried again: somebody may have mended it.
      opening.catch(() => {
        opening = undefined
      })
      return opening
    },
  }
  return {
    name: 'memory',
    instructions,
    open: async () => [
      addMemory(store),
      getMemories(store),
      deleteMemory(store),
      searchMemories(store),
      updateMemory(store),
    ],
    async [Symbol.asyncDispose]() {
      const memories = await opening?.catch(() => undefined)
      opening = undefined
      memories?.[Symbol.dispose]()
    },
  }
}

/** Words of a query that are looked for. */
const mostWords = 50

const id = text('The id of the memory')
const memory = text('What is to be remembered')
const category = optional(text('What kind it is, such as preference, fact, project or decision'))

const addMemory = ({ memories, now }: Store): Tool =>
  defineTool({
    name: 'add_memory',
    description: 'Remember something.',
    parameters: { memory, category },
    async execute({ memory, category }) {
      if (memory.trim() === '') throw new ToolFailure('There is nothing to remember: the parameter memory is empty.')
      return `Memory added successfully with ID: ${(await memories()).add(withCategory(memory, category), now())}`
    },
  })

const withCategory = (memory: string, category: string | undefined): { memory: string; category?: string } => ({
  memory,
  ...(category !== undefined && { category }),
})

const getMemories = ({ memories }: Store): Tool =>
  defineTool({
    name: 'get_memories',
    description: 'Show all that is remembered.',
    parameters: {},
    readOnly: true,
    execute: async () => told((await memories()).find([])),
  })

const searchMemories = ({ memories }: Store): Tool =>
  defineTool({
    name: 'search_memories',
    description: 'Find what is remembered by its words, its category, or both.',
    parameters: {
      query: optional(text('Words that must all be in it')),
      category: optional(text('Only this category')),
    },
    readOnly: true,
    execute: async ({ query = '', category }) =>
      told((await memories()).find(query.split(/\s+/).filter(Boolean).slice(0, mostWords), category || undefined)),
  })

const updateMemory = ({ memories }: Store): Tool =>
  defineTool({
    name: 'update_memory',
    description: 'Change something that is remembered.',
    parameters: { id, memory, category },
    async execute({ id, memory, category }) {
      if ((await memories()).update(id, withCategory(memory, category)))
        return `Memory with ID ${id} updated successfully`
      throw new ToolFailure(`There is no memory with ID ${id}.`)
    },
  })

const deleteMemory = ({ memories }: Store): Tool =>
  defineTool({
    name: 'delete_memory',
    description: 'Forget something.',
    parameters: { id },
    async execute({ id }) {
      if ((await memories()).remove(id)) return `Memory with ID ${id} deleted successfully`
      throw new ToolFailure(`There is no memory with ID ${id}.`)
    },
  })

/** Characters that are shown together; the latest stay. */
const most = 100_000

const told = (memories: readonly Memory[]): string => {
  let length = 0
  const shown = memories.filter(memory => {
    length += JSON.stringify(memory).length
    return length <= most
  })
  const left = memories.length - shown.length
  return JSON.stringify(shown) + (left > 0 ? `\n[${left} older ones are left out: search for words.]` : '')
}
