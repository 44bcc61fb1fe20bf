import * as z from 'zod/mini'
import type { JsonObject } from '../core/json.ts'
import { agentFile } from './schema.ts'

/** The JSON Schema of agent files as people write them, for editors; draft 7 is what most of these read. */
export const agentFileJsonSchema = (): JsonObject =>
  z.toJSONSchema(agentFile, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      // That names are text, and numbers can be counted by JavaScript, is no news.
      delete jsonSchema.propertyNames
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    },
  }) as JsonObject
