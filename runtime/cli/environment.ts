import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../core/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The environment with the variables of files added; a file wins over what was there, a later file over an earlier one. */
export const withFiles = (env: Environment, files: readonly string[], workingDirectory: string): Environment =>
  Object.assign({}, env, ...files.map(file => readVariables(file, workingDirectory)))

/** `NAME=value` lines; `#` begins a comment line, `export ` is allowed in front, quotes around a value are taken off. */
const readVariables = (file: string, workingDirectory: string): Environment =>
  Object.fromEntries(
    readText(resolve(workingDirectory, file))
      .split(/\r?\n/)
      .flatMap((line, index) => variableIn(line, `${file}:${index + 1}`)),
  )

const variableIn = (line: string, place: string): [string, string][] => {
  if (/^\s*(#|$)/.test(line)) return []
  const found = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line)
  if (!found?.[1]) throw new Failure('usage', `${place}: expected NAME=value, found ${JSON.stringify(line)}.`)
  return [[found[1], (found[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')]]
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure('usage', `The environment file ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
