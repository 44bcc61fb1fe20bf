import { deepest, isDeeperThan, type JsonObject } from '../../core/json.ts'
import type { ProviderData, ToolCall } from '../../core/message.ts'
import type { ModelEvent } from '../../core/model.ts'
import { distinctId, toolCallOf } from '../calls.ts'
import { objectOf, stringOf } from '../read.ts'

/** Words or thoughts as they gather, with the signature that came last. */
type Open = { readonly type: 'text' | 'reasoning'; text: string; signature: string }

/** The parts of an answer as they come: pieces of words are one part until something else comes. */
export type Parts = { open: Open | undefined; readonly calls: ToolCall[]; begun: boolean }

/** A part of a message: a piece of words or thoughts, a whole call, or something of Google's own. */
export function* readPart(part: JsonObject, parts: Parts): Generator<ModelEvent> {
  const call = part['functionCall']
  if (call) return yield* readCall(objectOf(call), signatureIn(part), parts)
  if (typeof part['text'] === 'string') return yield* readWords(part, parts)
  if (Object.keys(part).length === 0) return
  // Code that ran on Google's side, images: sent back unopened.
  yield* flush(parts)
  parts.begun = true
  yield { type: 'part', part: { type: 'reasoning', text: '', providerData: ownData({ part }) } }
}

/** Ends the words that are being said. */
export function* flush(parts: Parts): Generator<ModelEvent> {
  const { open } = parts
  if (!open) return
  parts.open = undefined
  const { type, text, signature } = open
  yield {
    type: 'part',
    part: { type, text, ...(signature !== '' && { providerData: ownData({ thoughtSignature: signature }) }) },
  }
}

function* readWords(part: JsonObject, parts: Parts): Generator<ModelEvent> {
  const text = stringOf(part['text'])
  const signature = signatureIn(part)
  if (text === '' && signature === '') return
  // A signature without words belongs to the words before it.
  const type = part['thought'] === true ? 'reasoning' : text === '' ? (parts.open?.type ?? 'text') : 'text'
  if (parts.open && parts.open.type !== type) yield* flush(parts)
  parts.open ??= { type, text: '', signature: '' }
  parts.begun = true
  parts.open.text += text
  parts.open.signature = signature || parts.open.signature
  if (text !== '') yield { type: type === 'text' ? 'text-delta' : 'reasoning-delta', text }
}

/** Calls come whole, mostly without ids: theirs are counted, and made unique in the conversation by the model. */
function* readCall({ id, name, args }: JsonObject, signature: string, parts: Parts): Generator<ModelEvent> {
  yield* flush(parts)
  const given = stringOf(id)
  const text = isDeeperThan(args ?? {}, deepest) ? 'nested too deep' : JSON.stringify(args ?? {})
  const call = toolCallOf({ id: distinctId(given, parts.calls), name: stringOf(name), text })
  const own = { ...(given !== '' && { id: given }), ...(signature !== '' && { thoughtSignature: signature }) }
  const whole = Object.keys(own).length > 0 ? { ...call, providerData: ownData(own) } : call
  parts.calls.push(whole)
  parts.begun = true
  yield { type: 'tool-input-delta', id: call.id, name: call.name, text }
  yield { type: 'part', part: whole }
}

/** Vertex and some gateways spell it as Python does. */
const signatureIn = (part: JsonObject): string =>
  stringOf(part['thoughtSignature']) || stringOf(part['thought_signature'])

const ownData = (value: JsonObject): ProviderData => ({ protocol: 'gemini', value })
