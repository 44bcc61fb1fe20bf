import { relative } from 'node:path'
import type { Terminal } from './terminal.ts'

/** A path as the user would write it: from where he is, if it lies below. */
export const shortName = (path: string, { workingDirectory }: Terminal): string => {
  const short = relative(workingDirectory, path)
  return short.startsWith('..') ? path : short
}
