import { isDeeperThan, isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import { referenced } from './reference.ts'

/** Levels of what a tool takes: more than anybody needs, and few enough for providers and recordings. */
const deepest = 100

/**
 * Why no model can be shown a tool of others, as the end of a sentence; nothing where it can. One that a provider refuses
 * would take all others with it. `most` are characters.
 */
export const unfit = (tool: { readonly parameters: JsonObject }, most: number): string | undefined => {
  if (isDeeperThan(tool.parameters, deepest)) return `what it takes is nested more than ${deepest} deep`
  if (JSON.stringify(tool).length > most) return 'its description is too long for a prompt'
  return isEndless(tool.parameters) ? 'what it takes refers to itself without end' : undefined
}

/** Where a schema says that a value is also of another schema, not that something in it is. */
const also = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']

/**
 * Whether some schema in it is by definition also itself, so that whoever follows it comes to no end. One that holds
 * others of its own kind, as a tree does, is not: a value ends somewhere.
 */
const isEndless = (root: JsonObject): boolean => {
  const state = new Map<Json, 'open' | 'done'>()
  const isOpenAgain = (schema: Json): boolean => {
    if (!isJsonObject(schema) || state.get(schema) === 'done') return false
    if (state.get(schema) === 'open') return true
    state.set(schema, 'open')
    const again = alsoOf(schema, root).some(isOpenAgain)
    state.set(schema, 'done')
    return again
  }
  return objectsWithReference(root).some(isOpenAgain)
}

const alsoOf = (schema: JsonObject, root: JsonObject): Json[] => {
  const target = typeof schema['$ref'] === 'string' ? referenced(root, schema['$ref']) : undefined
  return [...(target === undefined ? [] : [target]), ...also.flatMap(key => schema[key] ?? [])]
}

const objectsWithReference = (root: JsonObject): JsonObject[] => {
  const open: Json[] = [root]
  const found: JsonObject[] = []
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue
    if (isJsonObject(next) && typeof next['$ref'] === 'string') found.push(next)
    open.push(...Object.values(next))
  }
  return found
}
