import type { Json, JsonObject } from '../../core/json.ts'
import type { ModelEvent } from '../../core/model.ts'
import { distinctId, type GatheredCall } from '../calls.ts'
import { objectOf, objectsIn, stringOf } from '../read.ts'

/** A call as it gathers; `given` is its id as the provider wrote it, `extra` what belongs to it and must be sent back. */
export type ChatCall = GatheredCall & { readonly index: Json | undefined; readonly given: string; extra?: Json }

/** The pieces of calls in a delta or message, gathered into `calls`. */
export function* takeCalls(piece: JsonObject, calls: ChatCall[]): Generator<ModelEvent> {
  for (const fragment of objectsIn(piece['tool_calls'])) {
    const call = callFor(fragment, calls)
    const text = argumentsIn(objectOf(fragment['function'])['arguments'])
    call.text += text
    if (fragment['extra_content'] !== undefined && fragment['extra_content'] !== null) {
      call.extra = fragment['extra_content']
    }
    if (text !== '') yield { type: 'tool-input-delta', id: call.id, name: call.name, text }
  }
}

/**
 * The call that a fragment goes on with, or a new one. The index tells, where there is one; several servers number all
 * calls 0, and then a name under another id (or under none) begins a call.
 */
const callFor = (fragment: JsonObject, calls: ChatCall[]): ChatCall => {
  const given = stringOf(fragment['id'])
  const name = stringOf(objectOf(fragment['function'])['name'])
  const index = fragment['index']
  const open = index === undefined || index === null ? calls.at(-1) : calls.findLast(call => call.index === index)
  if (open && !(name !== '' && (given === '' || given !== open.given))) return open
  const begun: ChatCall = { id: distinctId(given, calls), given, name, index, text: '' }
  calls.push(begun)
  return begun
}

/** Some local servers give the arguments as an object. */
const argumentsIn = (value: Json | undefined): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
