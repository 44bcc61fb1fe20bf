import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { readSaid } from '../play/said.ts'
import { type Changing, setOwn } from './own.ts'

/** What an interaction brought that may come back in a later request. */
export type Step = {
  readonly id: number
  readonly lane: string
  readonly method: string
  /** Of a message, what the user said; of a call, what came of it; of a model, what it said. */
  readonly brought: Json | undefined
}

/** What an interaction brings into a conversation, by its kind: of a message what was said, of others what came of them. */
export const broughtBy = (
  method: string,
  request: { readonly body?: Json },
  response: { readonly said?: Json; readonly body?: Json },
): Json | undefined => (method === 'SAY' ? request.body : method === 'POST' ? response.said : response.body)

/** By what they are: the words of the answer before, names and arguments of its calls, results, messages. */
type Frame = ReadonlyMap<string, Json>

/**
 * What a request is made of that goes on from `base`: the answer to that, and what came in between in its lane and below.
 * `steps` are all in recorded order, or all that matter.
 */
export const frameOf = (base: number, { id, lane }: Pick<Step, 'id' | 'lane'>, steps: readonly Step[]): Frame => {
  const frame = new Map<string, Json>()
  for (const step of steps) {
    if (step.id < base || step.id >= id || step.brought === undefined) continue
    if (step.id === base) addAnswer(frame, step.brought)
    else if (step.lane === lane || step.lane.startsWith(`${lane}/`)) addStep(frame, step)
  }
  return frame
}

const addAnswer = (frame: Map<string, Json>, said: Json): void => {
  const { text, reasoning, calls = [] } = readSaid(said)
  add(frame, 'text', text)
  add(frame, 'reasoning', reasoning)
  for (const [name, input] of calls) {
    add(frame, 'name', name)
    add(frame, 'input', input)
    add(frame, 'json', JSON.stringify(input))
  }
}

const addStep = (frame: Map<string, Json>, { method, brought }: Step): void => {
  const content = isJsonObject(brought) && 'content' in brought ? brought['content'] : brought
  if (method === 'POST') add(frame, 'told', readSaid(brought as Json).text)
  else if (Array.isArray(content))
    for (const part of content) for (const value of Object.values(Object(part))) add(frame, method, value as Json)
  else if (isJsonObject(content)) add(frame, 'reason', content['reason'])
  else add(frame, method, content)
}

/** The n-th of its kind. Nothing is as good as a name for itself. */
const add = (frame: Map<string, Json>, kind: string, value: Json | undefined): void => {
  if (value === undefined || value === null || value === '') return
  let count = 1
  while (frame.has(`${kind} ${count}`)) count++
  frame.set(`${kind} ${count}`, value)
}

/** A tree in which what came from the frame, and counted ids from `first` on, stand as what they are. */
export type Pattern = { readonly tree: Json; readonly first?: number }

const mark = '='

export const patternOf = (value: Json, frame: Frame): Pattern => {
  const names = new Map<string, string>()
  for (const [name, known] of frame) {
    const text = JSON.stringify(known)
    if (!names.has(text)) names.set(text, name)
  }
  const numbers: number[] = []
  eachText(value, text => numbers.push(...numberIn(text)))
  const first = numbers.length > 0 ? Math.min(...numbers) : undefined
  return { tree: abstracted(value, names, first ?? 0), ...(first !== undefined && { first }) }
}

const numberIn = (text: string): number[] => {
  const number = /^call_(\d+)$/.exec(text)?.[1]
  return number === undefined ? [] : [Number(number)]
}

const eachText = (value: Json, look: (text: string) => void): void => {
  if (typeof value === 'string') look(value)
  else if (Array.isArray(value)) for (const item of value) eachText(item, look)
  else if (isJsonObject(value)) for (const item of Object.values(value)) eachText(item, look)
}

const abstracted = (value: Json, names: ReadonlyMap<string, string>, first: number): Json => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  const name = names.get(JSON.stringify(value))
  if (name !== undefined) return { [mark]: name }
  if (typeof value === 'string') {
    const [number] = numberIn(value)
    return number === undefined ? value : { [mark]: number - first }
  }
  if (Array.isArray(value)) return value.map(item => abstracted(item, names, first))
  return mapped(value as JsonObject, item => abstracted(item, names, first))
}

/** The way back, with what another frame holds. Throws a RangeError for what it does not hold. */
export const filledIn = ({ tree, first = 0 }: Pattern, frame: Frame): Json => {
  if (Array.isArray(tree)) return tree.map(item => filledIn({ tree: item, first }, frame))
  if (!isJsonObject(tree)) return tree
  const name = Object.keys(tree).length === 1 ? tree[mark] : undefined
  if (name === undefined) return mapped(tree, item => filledIn({ tree: item, first }, frame))
  if (typeof name === 'number') return `call_${first + name}`
  const value = frame.get(String(name))
  if (value === undefined) throw new RangeError(`there is no ${name}`)
  return value
}

const mapped = (value: JsonObject, change: (item: Json) => Json): JsonObject => {
  const copy: Changing = {}
  for (const [key, item] of Object.entries(value)) setOwn(copy, key, change(item))
  return copy
}
