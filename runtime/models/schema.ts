import { isJsonObject, type JsonObject } from '../core/json.ts'

/** The schema of a tool's arguments as providers want it: an object, with `properties` also where there are none. */
export const objectSchema = (schema: JsonObject): JsonObject => ({
  ...schema,
  type: 'object',
  properties: isJsonObject(schema['properties']) ? schema['properties'] : {},
})
