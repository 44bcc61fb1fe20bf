import type { Level } from '../thinking.ts'

/** Tokens that a model may be given to think with; `off` where 0 is taken too. */
export type ThinkingRange = { readonly least: number; readonly most: number; readonly off?: true }

/** What a model of Google's takes. */
export type Traits = {
  /** How much it thinks is said in tokens or in a word; neither where it does not think, or cannot be told. */
  readonly tokens?: ThinkingRange
  readonly levels?: readonly Level[]
  /**
   * From Gemini 3 on: a schema for the answer beside tools, files in what a tool returns, calls only with signatures.
   */
  readonly third?: true
}

type Row = Traits & { readonly from: number; readonly below?: number; readonly name?: RegExp }

/**
 * By version (2.5 is 205); the first that fits counts. From https://ai.google.dev/gemini-api/docs/thinking and
 * …/function-calling, read 2026-11. A `gemini-` name without a version is of the newest.
 */
const rows: readonly Row[] = [
  { from: 300, below: 301, name: /-pro/, levels: ['low', 'high'], third: true },
  { from: 300, below: 307, name: /-flash/, levels: ['minimal', 'low', 'medium', 'high'], third: true },
  { from: 300, levels: ['low', 'medium', 'high'], third: true },
  { from: 205, name: /-pro/, tokens: { least: 128, most: 32_768 } },
  { from: 205, name: /-flash-lite/, tokens: { least: 512, most: 24_576, off: true } },
  { from: 205, tokens: { least: 1, most: 24_576, off: true } },
]

/**
 * What a model takes, by its name: `gemini-2.5-flash`, `gemini-3-pro-preview`, `gemini-flash-latest`, `gemma-3-27b-it`.
 */
export const traitsOf = (model: string): Traits => {
  const name = model.toLowerCase()
  const version = versionOf(name)
  return rows.find(row => version >= row.from && version < (row.below ?? 1e9) && (row.name?.test(name) ?? true)) ?? {}
}

const versionOf = (name: string): number => {
  if (!name.includes('gemini-')) return 0
  const [, major, minor] = /gemini-(\d+)(?:\.(\d+))?/.exec(name) ?? []
  return major === undefined ? 9999 : Number(major) * 100 + Number(minor ?? 0)
}
