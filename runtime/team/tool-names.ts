import type { Tool } from '../core/tool.ts'
import { delegationNames } from '../loop/delegate.ts'

type Opened = { readonly name: string; readonly isOurs: boolean; readonly tools: readonly Tool[] }

/** What all providers take as the name of a tool. */
const longest = 64

/**
 * All tools in their order, each under a name of its own: providers refuse a name that is given twice, and no server
 * shall pass for somebody else. Our own tools keep theirs; a tool of a server whose name is taken gets the server's in
 * front, and is left out where that is taken too.
 */
export const toldApart = (opened: readonly Opened[]): { tools: Tool[]; notices: string[] } => {
  const taken = new Set<string>(delegationNames)
  const notices: string[] = []
  const ours = new Map(opened.map((set, index) => [index, set.isOurs ? kept(set, { taken, notices }) : []]))
  const tools = opened.flatMap((set, index) => (set.isOurs ? (ours.get(index) ?? []) : kept(set, { taken, notices })))
  return { tools, notices }
}

const kept = ({ name, isOurs, tools }: Opened, { taken, notices }: { taken: Set<string>; notices: string[] }): Tool[] =>
  tools.flatMap(tool => {
    const other = `${name.replace(/[^A-Za-z0-9_-]/g, '_')}_${tool.name}`.slice(0, longest)
    const free = [tool.name, ...(isOurs ? [] : [other])].find(each => !taken.has(each))
    if (free !== tool.name) notices.push(clash(name, tool.name, free))
    if (free === undefined) return []
    taken.add(free)
    return [free === tool.name ? tool : { ...tool, name: free }]
  })

const clash = (toolset: string, tool: string, free: string | undefined): string =>
  free === undefined
    ? `There is another tool named ${tool}, so that of ${toolset} is left out.`
    : `There is another tool named ${tool}: that of ${toolset} is called ${free} here.`
