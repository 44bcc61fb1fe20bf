import { Failure } from '../core/errors.ts'
import { readNamed } from './files.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The environment with the variables of files added; a file wins over what was there, a later file over an earlier one. */
export const withFiles = (env: Environment, files: readonly string[], workingDirectory: string): Environment =>
  Object.assign({}, env, ...files.map(file => readVariables(file, workingDirectory)))

/** `NAME=value` lines; `#` begins a comment line, `export ` is allowed in front, quotes around a value are taken off, and a comment behind them. */
const readVariables = (file: string, workingDirectory: string): Environment =>
  Object.fromEntries(
    readNamed('The environment file', file, workingDirectory)
      .toString('utf8')
      .split(/\r?\n/)
      .flatMap((line, index) => variableIn(line, `${file}:${index + 1}`)),
  )

const variableIn = (line: string, place: string): [string, string][] => {
  if (/^\s*(#|$)/.test(line)) return []
  const found = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line)
  // What stands there instead is not shown: it may be a key.
  if (!found?.[1]) throw new Failure('usage', `${place}: expected NAME=value.`)
  return [[found[1], (found[2] ?? '').replace(/^(["'])(.*?)\1(\s+#.*)?$/, '$2')]]
}
