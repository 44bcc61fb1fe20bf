import { type Tool, ToolFailure } from '../runtime/core/tool.ts'
import { defineTool, text } from './define.ts'

/** A tool that is found when it is needed; `instructions` are those of its toolset, where none of its tools is offered yet. */
export type Deferred = { readonly tool: Tool; readonly instructions?: string }

export const addTool = 'add_tool'

/** All tools that can be found, which may start servers, and sentences about those that cannot be used. */
export type Look = (
  signal: AbortSignal,
) => Promise<{ readonly deferred: readonly Deferred[]; readonly notices: readonly string[] }>

/** How to come by more tools, for the prompt. */
export const deferInstructions = `# More tools

There are more tools than you see. Look for them with \`search_tool\` (a word such as "read" or "issue"), and take those that
you need with \`add_tool\`: from the next turn on you can call them.`

/**
 * The two tools by which a model comes to others. They only answer: what was added is read from the conversation, so that
 * a replay, which runs no tool, comes to the same.
 */
export const deferTools = (look: Look, isAdded: (name: string) => boolean): readonly Tool[] => [
  defineTool({
    name: 'search_tool',
    description: 'Look for more tools by what they are called or do. Take one with add_tool before you call it.',
    parameters: { query: text('Words of the name or the description, in any case; empty for all') },
    readOnly: true,
    async execute({ query }, { signal }) {
      const { deferred, notices } = await look(signal)
      const found = foundBy(
        query,
        deferred.filter(({ tool }) => !isAdded(tool.name)),
      )
      if (found.length === 0) {
        const nothing = `No deferred tools found matching '${query}'. ${namesOf(deferred)}`
        throw new ToolFailure([nothing, ...notices].join('\n'))
      }
      const told = found.map(({ tool: { name, description } }) => ({ name, description }))
      return [`Found ${found.length} deferred tool(s):`, JSON.stringify(told), ...notices].join('\n')
    },
  }),
  defineTool({
    name: addTool,
    description: 'Take one of the tools that search_tool finds; you can call it from the next turn on.',
    parameters: { name: text('The name of the tool') },
    readOnly: true,
    async execute({ name }, { signal }) {
      const { deferred } = await look(signal)
      const one = deferred.find(({ tool }) => tool.name === name)
      if (!one) throw new ToolFailure(`Tool '${name}' not found. ${namesOf(deferred)}`)
      if (isAdded(name)) return `Tool '${name}' is already active`
      const { tool, instructions } = one
      return [
        `Tool '${name}' has been activated and is now available for use.`,
        `Description: ${tool.description}`,
        ...(instructions ? [instructions] : []),
      ].join('\n\n')
    },
  }),
]

/** Those that hold all words; else those that hold one of them. */
const foundBy = (query: string, deferred: readonly Deferred[]): readonly Deferred[] => {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  const holds = ({ tool: { name, description } }: Deferred) => {
    const text = `${name}\n${description}`.toLowerCase()
    return (word: string) => text.includes(word)
  }
  const all = deferred.filter(one => words.every(holds(one)))
  return all.length > 0 ? all : deferred.filter(one => words.some(holds(one)))
}

/** How many names a model is told that has looked in vain. */
const mostNames = 60

const namesOf = (deferred: readonly Deferred[]): string => {
  const names = deferred.slice(0, mostNames).map(({ tool }) => tool.name)
  const more = deferred.length - names.length
  return `There are: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}
