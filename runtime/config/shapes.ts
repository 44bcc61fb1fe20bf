import * as z from 'zod/mini'
import type { Json } from '../core/json.ts'

/** A key that may be left out, with its line in the reference. */
export const key = <Shape extends z.core.SomeType>(shape: Shape, description: string) =>
  described(z.exactOptional(shape), description)

/** A key that must be there. */
export const needed = <Shape extends z.ZodMiniType>(shape: Shape, description: string) =>
  // A wrapper of its own, for the same shape may be described differently elsewhere.
  described(z.clone(shape), description)

/** A mapping with these keys and no others, under its name in the schema. */
export const mapping = <Keys extends z.core.$ZodLooseShape>(id: string, description: string, keys: Keys) =>
  z.strictObject(keys).register(z.globalRegistry, { id, description })

const described = <Shape extends z.ZodMiniType>(shape: Shape, description: string): Shape => {
  z.globalRegistry.add(shape, { description })
  return shape
}

export const text = z.string()
export const flag = z.boolean()
export const texts = z.array(z.string())
export const named = <Shape extends z.core.SomeType>(shape: Shape) => z.record(z.string(), shape)
export const textByName = named(z.string())

/** Anything that YAML can say; whoever it is meant for checks it. */
export const anything: z.ZodMiniType<Json, Json> = z.any()

/** A mapping of anything, such as a JSON Schema. */
export const free = named(anything)

export const atLeast = (least: number) => z.int().check(z.gte(least))
export const between = (least: number, most: number) => z.number().check(z.gte(least), z.lte(most))
