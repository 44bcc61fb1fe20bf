/** Lines of a file, from `from` to before `to`, counted from 0. */
export type Lines = { readonly from: number; readonly to: number }

/** The lines of each item of a cassette, by its id; those of others may have none, and are counted. */
export const itemLines = (lines: readonly string[]): Map<number, Lines> => {
  const starts = lines.flatMap((line, at) => (/^ {0,4}- (?:"?id"?|request|response):/.test(line) ? [at] : []))
  return new Map(
    starts.map((from, index) => {
      const id = /^ *- "?id"?: (\d+)/.exec(lines[from] ?? '')?.[1]
      return [id === undefined ? index : Number(id), { from, to: starts[index + 1] ?? lines.length }]
    }),
  )
}
