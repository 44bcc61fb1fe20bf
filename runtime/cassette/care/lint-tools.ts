import type { Interaction } from '../../core/cassette.ts'
import { isJsonObject } from '../../core/json.ts'
import type { OpenCassette } from '../file/file.ts'
import { conversationOf, type Protocols } from '../match/request.ts'
import { readSaid } from '../play/said.ts'

/**
 * Calls that a model made of tools that it was offered, and of which nothing else is recorded: they ran outside, and would
 * have to run in each replay.
 */
export const callsMadeLive = (
  { modelTrafficOnly }: OpenCassette,
  interactions: readonly Interaction[],
  protocols: Protocols,
): { readonly id: number; readonly text: string }[] => {
  if (modelTrafficOnly) return []
  const seen = new Set(
    interactions.flatMap(({ lane, request }) => (request.method === 'POST' ? [] : [`${lane} ${nameIn(request.url)}`])),
  )
  return interactions.flatMap(({ id, lane, request, response }) => {
    const offered = new Set(conversationOf(request, protocols)?.tools.map(({ name }) => name))
    const asked = response.said === undefined ? [] : (readSaid(response.said).calls ?? [])
    // Arguments that are no object are refused before anything is called.
    const made = asked.flatMap(([name, input]) => (isJsonObject(input) ? [name] : []))
    const outside = made.filter(name => offered.has(name) && !seen.has(`${lane} ${name}`))
    return [...new Set(outside)].map(name => ({
      id,
      text: `The model calls ${name}, and nothing tells what came of it.`,
    }))
  })
}

const nameIn = (url: string): string => url.slice(url.indexOf(':') + 1)
