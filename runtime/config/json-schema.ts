import * as z from 'zod/mini'
import type { JsonObject } from '../core/json.ts'
import { agentFile } from './schema.ts'

/** The JSON Schema of agent files as people write them, for editors; draft 7 is what most of these read. */
export const agentFileJsonSchema = (): JsonObject => {
  const { $schema, ...schema } = z.toJSONSchema(agentFile, {
    io: 'input',
    target: 'draft-7',
    override: withoutTheObvious,
  })
  return {
    $schema: $schema as string,
    $comment: 'Made from runtime/config/schema.ts by "npm run docs".',
    title: 'Agent file of Reprise, in the format of cagent, version 7',
    ...(schema as JsonObject),
  }
}

/** That names are text, and that JavaScript can count so far, is no news. */
const withoutTheObvious = ({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void => {
  delete jsonSchema.propertyNames
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}
