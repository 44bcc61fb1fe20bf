import * as z from 'zod/mini'
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import { agentFile } from './schema.ts'

/** The JSON Schema of agent files as people write them, for editors; draft 7 is what most of these read. */
export const agentFileJsonSchema = (): JsonObject => {
  const { $schema = '', ...schema } = z.toJSONSchema(agentFile, { io: 'input', target: 'draft-7' })
  return {
    $schema,
    $comment: 'Made from runtime/config/schema.ts by "npm run docs".',
    title: 'Agent file of Reprise, in the format of cagent, version 7',
    ...(tidy(schema as JsonObject) as JsonObject),
  }
}

/** That names are text, and that JavaScript can count so far, is no news; what says nothing else can be a plain $ref. */
const tidy = (schema: Json): Json => {
  if (Array.isArray(schema)) return schema.map(tidy)
  if (!isJsonObject(schema)) return schema
  const { allOf, ...rest } = schema
  if (Array.isArray(allOf) && Object.keys(rest).length === 0) return tidy(allOf[0] ?? {})
  const kept = Object.entries(schema).filter(([key, value]) => key !== 'propertyNames' && !isCountable(value))
  return Object.fromEntries(kept.map(([key, value]) => [key, tidy(value)]))
}

const isCountable = (value: Json): boolean => value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER
