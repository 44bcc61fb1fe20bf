import * as z from 'zod/mini'
import type { Json } from '../core/json.ts'

/** A key that may be left out, with its line in the reference. */
export const key = <Shape extends z.core.SomeType>(shape: Shape, description: string) => {
  const optional = z.exactOptional(shape)
  const { run } = optional._zod
  // zod asks the shape even where the key is not there, and would build every lazy part for it.
  optional._zod.run = (payload, context) => (payload.value === undefined ? payload : run(payload, context))
  return described(optional, description)
}

/** A key that must be there; the shape is its own, for the description goes with it. */
export const needed = <Shape extends z.ZodMiniType>(shape: Shape, description: string) => described(shape, description)

/** A mapping with these keys and no others, under its name in the schema. */
export const mapping = <Keys extends z.core.$ZodLooseShape>(id: string, description: string, keys: Keys) => {
  const shape = z.strictObject(keys)
  z.globalRegistry.add(shape, { id, description })
  return shape
}

const described = <Shape extends z.ZodMiniType>(shape: Shape, description: string): Shape => {
  z.globalRegistry.add(shape, { description })
  return shape
}

// Parts of the schema are wrapped in z.lazy: most files have few of them, and a replay waits for their building.

export const text = z.string()
export const flag = z.boolean()
export const texts = z.array(text)
export const named = <Shape extends z.core.SomeType>(shape: Shape) => z.record(text, shape)
export const textByName = named(text)

/** Anything that YAML can say; whoever it is meant for checks it. */
export const anything: z.ZodMiniType<Json, Json> = z.any()

/** A mapping of anything, such as a JSON Schema. */
export const free = named(anything)

export const atLeast = (least: number) => z.int().check(z.gte(least))
export const between = (least: number, most: number) => z.number().check(z.gte(least), z.lte(most))
