import type { Tool } from '../../core/tool.ts'
import { delegationNames } from '../../loop/delegate.ts'

type Opened = { readonly name: string; readonly isOurs: boolean; readonly tools: readonly Tool[] }

/** A tool under the name that it has for the model, and the toolset that it is from. */
export type Held<Set> = { readonly tool: Tool; readonly from: Set }

/** What all providers take as the name of a tool. */
const longest = 64

/**
 * All tools in their order, each under a name of its own: providers refuse a name that is given twice, and no server
 * shall pass for somebody else. Our own tools keep theirs; a tool of a server whose name is taken gets the server's in
 * front, and is left out where that is taken too. `reserved` are names that no toolset may have.
 */
export const toldApart = <Set extends Opened>(
  opened: readonly Set[],
  reserved: readonly string[] = [],
): { held: Held<Set>[]; notices: string[] } => {
  const taken = new Map([...delegationNames, ...reserved].map(name => [name, 'Reprise']))
  const notices: string[] = []
  const ours = new Map(opened.map((set, index) => [index, set.isOurs ? kept(set, { taken, notices }) : []]))
  const held = opened.flatMap((set, index) => (set.isOurs ? (ours.get(index) ?? []) : kept(set, { taken, notices })))
  return { held, notices }
}

type Names = { readonly taken: Map<string, string>; readonly notices: string[] }

const kept = <Set extends Opened>(from: Set, { taken, notices }: Names): Held<Set>[] =>
  from.tools.flatMap(tool => {
    const { name, isOurs } = from
    const other = `${name.replace(/[^A-Za-z0-9_-]/g, '_')}_${tool.name}`.slice(0, longest)
    const free = [tool.name, ...(isOurs ? [] : [other])].find(each => !taken.has(each))
    if (free !== tool.name) notices.push(clash({ first: taken.get(tool.name) ?? '', name, tool: tool.name, free }))
    if (free === undefined) return []
    taken.set(free, name)
    return [{ tool: free === tool.name ? tool : { ...tool, name: free }, from }]
  })

type Clash = {
  /** Whose tool keeps the name. */
  readonly first: string
  readonly name: string
  readonly tool: string
  readonly free: string | undefined
}

const clash = ({ first, name, tool, free }: Clash): string =>
  free === undefined
    ? `Both ${first} and ${name} offer a tool named ${tool}: that of ${name} is left out.`
    : `Both ${first} and ${name} offer a tool named ${tool}: that of ${name} is called ${free} here.`
