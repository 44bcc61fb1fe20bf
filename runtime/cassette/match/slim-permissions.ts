import type { Interaction } from '../../core/cassette.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { Entry, OpenCassette } from '../file/file.ts'
import { canonical, canonicalText } from './canonical.ts'
import type { Request } from './request.ts'

/** The call that a permission is about, as a request for what it does. */
export const callOf = (permission: Request): Request => ({
  ...permission,
  method: 'CALL',
  url: permission.url.replace(/^permission:/, 'tool:'),
})

/**
 * The permissions that go without saying: each call of that name and input in its lane was allowed without anybody
 * being asked, and was made. A slim recording leaves them out, and a replay knows them by the calls.
 */
export const impliedIn = (cassette: OpenCassette): ReadonlySet<number> => {
  const entries = cassette.entries.filter(({ method }) => method === 'RULE' || method === 'CALL')
  const calls = new Map<string, { rules: number[]; made: number; isAllowed: boolean }>()
  for (const entry of entries) {
    const interaction = cassette.load(entry.id)
    const name = nameOf(entry, interaction)
    const call = calls.get(name) ?? { rules: [], made: 0, isAllowed: true }
    calls.set(name, call)
    if (entry.method === 'CALL') call.made += 1
    else {
      call.rules.push(entry.id)
      call.isAllowed &&= isYes(interaction.response.body)
    }
  }
  return new Set(
    [...calls.values()].flatMap(({ rules, made, isAllowed }) => (isAllowed && rules.length === made ? rules : [])),
  )
}

const nameOf = ({ lane }: Entry, { request }: Interaction): string =>
  `${lane} ${callOf(request).url} ${canonicalText(canonical(request.body, undefined))}`

/** The rule that decided stands in the agent file, or among the arguments of the run. */
const isYes = (body: Json | undefined): boolean => isJsonObject(body) && body['verdict'] === 'allow'
