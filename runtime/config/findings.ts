import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { Finding } from './diagnose.ts'
import { type Environment, expand } from './expand.ts'
import { migrate } from './migrate.ts'
import { type Move, placesOf, setAt } from './paths.ts'
import { referenceFindings } from './references.ts'
import { clashFindings } from './tool-clashes.ts'
import { toolFindings } from './tool-rules.ts'
import { toolsetFindings } from './toolset-rules.ts'
import { isAlloyModel, unsupportedFindings } from './unsupported.ts'

export type LoadOptions = {
  readonly env: Environment
  /** Names of built-in providers; where absent, any name will do. */
  readonly providers?: readonly string[]
  /** What is wrong with a reference to another agent file; where absent, none is looked at. */
  readonly complaint?: (reference: string) => string | undefined
  /** A replay: variables that are not set are empty, and no mistake. */
  readonly lenient?: boolean
}

/** What is said of one place before and after the schema has spoken, and what was moved. */
export type Found = {
  readonly first: readonly Finding[]
  readonly others: readonly Finding[]
  readonly moves: readonly Move[]
}

/**
 * All that is wrong with the content of a file but its shape. The value is the caller's own: it becomes one of the latest
 * version, with its variables filled in.
 */
export const findingsIn = (file: JsonObject, options: LoadOptions): Found => {
  const { findings, moves } = migrate(file)
  const unsupported = unsupportedFindings(file)
  const references = referenceFindings(file, options)
  const rules = [...toolsetFindings(file), ...toolFindings(file), ...clashFindings(file)]
  const expansion = expand(file, options)
  // An alloy has no provider of its own.
  for (const { path, value } of placesOf(file, 'models.*'))
    if (isAlloyModel(value)) setAt(file, [...path, 'provider'], '')
  return {
    first: [...findings, ...unsupported, ...emptyFindings(file)],
    others: [...references, ...rules, ...expansion],
    moves,
  }
}

/** Mappings that must hold something, and what. */
const filled: Readonly<Record<string, string>> = {
  agents: 'at least one agent, by its name',
  'agents.*.commands.*': 'an instruction or a description',
}

const emptyFindings = (file: Json): Finding[] =>
  Object.entries(filled).flatMap(([pattern, expected]) =>
    placesOf(file, pattern)
      .filter(({ value }) => isJsonObject(value) && Object.keys(value).length === 0)
      .map(({ path }): Finding => ({ path, key: true, what: `"${path.at(-1)}" is empty.`, expected })),
  )
