import * as z from 'zod/mini'
import { isJsonObject, type Json, type JsonObject } from '../runtime/core/json.ts'
import type { ContentPart } from '../runtime/core/message.ts'
import { type Tool, type ToolContext, ToolFailure } from '../runtime/core/tool.ts'

type Shape = Readonly<Record<string, z.core.$ZodType>>

export type ToolSource<Parameters extends Shape> = {
  readonly name: string
  readonly description: string
  readonly parameters: Parameters
  readonly readOnly?: true
  /** Text is given back as one text part. */
  readonly execute: (
    input: z.infer<z.ZodMiniObject<Parameters>>,
    context: ToolContext,
  ) => Promise<string | readonly ContentPart[]> | string
}

/**
 * A tool whose parameters are described once: for the model as JSON Schema, for us as types, and as the check of what
 * the model sends. An input that does not fit is a ToolFailure with a sentence for each problem.
 */
export const defineTool = <Parameters extends Shape>(source: ToolSource<Parameters>): Tool => {
  const { name, description, readOnly, execute } = source
  const schema = z.strictObject(source.parameters)
  let parameters: JsonObject | undefined
  return {
    name,
    description,
    ...(readOnly && { readOnly }),
    get parameters() {
      parameters ??= jsonSchemaOf(schema)
      return parameters
    },
    async execute(input, context) {
      const checked = z.safeParse(schema, withoutNothings(input, source.parameters))
      if (!checked.success) throw new ToolFailure(problemsOf(name, checked.error.issues, input).join('\n'))
      const content = await execute(checked.data as z.infer<z.ZodMiniObject<Parameters>>, context)
      return typeof content === 'string' ? [{ type: 'text', text: content }] : content
    },
  }
}

/** A parameter that holds text. */
export const text = (description: string) => z.string().check(z.describe(description))

/** A parameter that holds one of these words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words, description: string) =>
  z.enum(words).check(z.describe(description))

/** A parameter that holds a whole number, at least 1. */
export const count = (description: string, most = Number.MAX_SAFE_INTEGER) =>
  z.int().check(z.gte(1), z.lte(most), z.describe(description))

/** A parameter that is true or false. */
export const flag = (description: string) => z.boolean().check(z.describe(description))

/** A parameter that holds several of a kind, at least one. */
export const list = <Item extends z.core.SomeType>(item: Item, description: string) =>
  z.array(item).check(z.minLength(1), z.describe(description))

/** A parameter that holds several of a kind, or none. */
export const listOrNone = <Item extends z.core.SomeType>(item: Item, description: string) =>
  z.array(item).check(z.describe(description))

/** A parameter that holds an object of any kind. */
export const object = (description: string) => z.record(z.string(), z.any()).check(z.describe(description))

/** An item with fields of its own. */
export const record = <Fields extends Shape>(fields: Fields) => z.strictObject(fields)

/** A parameter that may be left out. */
export const optional = <Parameter extends z.core.SomeType>(parameter: Parameter) => z.optional(parameter)

const jsonSchemaOf = (schema: z.core.$ZodType): JsonObject => {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, {
    io: 'input',
    // zod says of every whole number that JavaScript can count no further; that is no news for a model.
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      // Nor is it that the names of fields are text.
      delete jsonSchema.propertyNames
    },
  })
  return plain as JsonObject
}

/** Models write null for what they leave out, or an empty list. */
const withoutNothings = (input: JsonObject, parameters: Shape): JsonObject =>
  Object.fromEntries(
    Object.entries(input).filter(([name, value]) => value !== null && !isNoList(value, parameters[name])),
  )

/** An empty list where there may be none, but no empty one. */
const isNoList = (value: Json, parameter: z.core.$ZodType | undefined): boolean =>
  Array.isArray(value) &&
  value.length === 0 &&
  parameter !== undefined &&
  z.safeParse(parameter, undefined).success &&
  !z.safeParse(parameter, value).success

const problemsOf = (tool: string, issues: readonly z.core.$ZodIssue[], input: JsonObject): string[] => [
  ...issues.map(issue => problemOf(issue, input)),
  `${tool} was not called. Call it again with parameters that fit its schema.`,
]

const problemOf = (issue: z.core.$ZodIssue, input: JsonObject): string => {
  const place = issue.path.map(String).join('.')
  const found = valueAt(input, issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return `There is no parameter ${issue.keys.map(key => [...issue.path, key].join('.')).join(', ')}.`
    case 'invalid_type':
      if (found === undefined || found === null) return `The parameter ${place} is missing.`
      return `The parameter ${place} must be ${typeInWords(issue.expected)}, not ${shown(found)}.`
    case 'invalid_value':
      return `The parameter ${place} must be one of ${issue.values.map(String).join(', ')}, not ${shown(found)}.`
    case 'too_small':
      return issue.origin === 'array'
        ? `The parameter ${place} is an empty list.`
        : `The parameter ${place} must be at least ${issue.minimum}, not ${shown(found)}.`
    case 'too_big':
      return `The parameter ${place} must be at most ${issue.maximum}, not ${shown(found)}.`
    default:
      return `The parameter ${place} does not fit: ${issue.message}.`
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}
const typeInWords = (type: string): string => typeWords[type] ?? type

const shown = (value: Json | undefined): string => {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}

const valueAt = (input: Json | undefined, path: readonly PropertyKey[]): Json | undefined => {
  const [key, ...rest] = path
  if (key === undefined) return input
  if (Array.isArray(input)) return valueAt(input[Number(key)], rest)
  return isJsonObject(input) ? valueAt(input[String(key)], rest) : undefined
}
