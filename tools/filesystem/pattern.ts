import { ToolFailure } from '../../runtime/core/tool.ts'

/** Where a pattern first stands in a line, and how long it is there. */
export type Find = (line: string) => { readonly at: number; readonly length: number } | undefined

/** Finds a text as it is written. */
export const findText =
  (query: string): Find =>
  line => {
    const at = line.indexOf(query)
    return at < 0 ? undefined : { at, length: query.length }
  }

/** Finds by a regular expression of JavaScript; Go's `(?i)` in front is understood. A ToolFailure for one that is none. */
export const findPattern = (query: string): Find => {
  const [, flags = '', source = query] = /^\(\?([ims]+)\)(.*)$/s.exec(query) ?? []
  const pattern = compiled(source, flags)
  return line => {
    const found = pattern.exec(line)
    return found ? { at: found.index, length: found[0].length } : undefined
  }
}

const compiled = (source: string, flags: string): RegExp => {
  try {
    return new RegExp(source, flags)
  } catch (error) {
    throw new ToolFailure(`The query is not a regular expression: ${error instanceof Error ? error.message : error}.`)
  }
}

/** Milliseconds that a pattern may take for one file; ordinary ones take a few. */
const patience = 2000

/**
 * Runs work that may not come to an end: some patterns take longer than the universe lasts on a line that almost
 * matches, and nothing else stops them.
 */
export const withPatience = async (): Promise<(work: () => void, path: string) => void> => {
  const { createContext, Script } = await import('node:vm')
  const world: { work: () => void } = { work: () => undefined }
  const context = createContext(world)
  const script = new Script('work()')
  return (work, path) => {
    world.work = work
    try {
      script.runInContext(context, { timeout: patience })
    } catch (error) {
      if (!isTimeout(error)) throw error
      throw new ToolFailure(`The query takes too long in ${path}: it tries too many ways to match. Use a simpler one.`)
    }
  }
}

/** Not by its class: it is an error of the other context. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
