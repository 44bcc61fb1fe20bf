import { Failure } from '../runtime/core/errors.ts'
import type { Tool, Toolset } from '../runtime/core/tool.ts'

/** Only the named tools of a toolset. A name that no tool has is a Failure('config') when the toolset is opened. */
export const filtered = (toolset: Toolset, names: readonly string[]): Toolset =>
  wrapped(toolset, {
    async open(signal) {
      const tools = await toolset.open(signal)
      const known = tools.map(({ name }) => name)
      const unknown = names.filter(name => !known.includes(name))
      if (unknown.length > 0) throw noSuchTools(toolset, unknown, known)
      return tools.filter(({ name }) => names.includes(name))
    },
  })

/** A toolset with other instructions; `{ORIGINAL_INSTRUCTIONS}` in the text stands for its own. */
export const instructed = (toolset: Toolset, text: string): Toolset =>
  wrapped(toolset, {
    get instructions() {
      return text.replaceAll('{ORIGINAL_INSTRUCTIONS}', () => toolset.instructions ?? '')
    },
  })

/**
 * A toolset whose tools answer in TOON, a shorter form of JSON, where one of the patterns (regular expressions with commas
 * between, as in cagent) is found in their name. Errors and other answers stay as they are.
 */
export const tooned = (toolset: Toolset, patterns: string): Toolset => {
  const all = patterns.split(',').map(pattern => new RegExp(pattern.trim()))
  return wrapped(toolset, {
    async open(signal) {
      const tools = await toolset.open(signal)
      return tools.map(tool => (all.some(pattern => pattern.test(tool.name)) ? answeringInToon(tool) : tool))
    },
  })
}

const answeringInToon = (tool: Tool): Tool => ({
  ...tool,
  async execute(input, context) {
    const content = await tool.execute(input, context)
    return (await import('./toon.ts')).toonOf(content)
  },
})

/** Written out, since a toolset may keep its methods in a class, and may know its instructions only once it is open. */
const wrapped = (toolset: Toolset, change: Partial<Toolset>): Toolset =>
  Object.defineProperties(
    {
      name: toolset.name,
      open: (signal: AbortSignal) => toolset.open(signal),
      get instructions() {
        return toolset.instructions ?? ''
      },
      [Symbol.asyncDispose]: () => toolset[Symbol.asyncDispose](),
    },
    Object.getOwnPropertyDescriptors(change),
  )

const noSuchTools = (toolset: Toolset, unknown: readonly string[], known: readonly string[]): Failure => {
  const suggestions = unknown.flatMap(name => nearest(name, known) ?? [])
  const meant = suggestions.length > 0 ? `Did you mean ${suggestions.join(', ')}? ` : ''
  return new Failure('config', `The toolset ${toolset.name} has no tool ${unknown.join(', ')}.`, {
    hint: `${meant}Its tools are: ${known.join(', ')}.`,
  })
}

const nearest = (name: string, known: readonly string[]): string | undefined => {
  const [best] = known
    .map(other => ({ other, steps: distance(name.toLowerCase(), other.toLowerCase()) }))
    .sort((one, two) => one.steps - two.steps)
  return best && best.steps <= Math.max(2, name.length / 3) ? best.other : undefined
}

/** Letters to be added, removed or exchanged to get from one word to the other (Levenshtein). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= to.length; column++) {
      const same = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1)
      next.push(Math.min(same, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
