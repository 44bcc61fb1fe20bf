import * as z from 'zod/mini'
import { Failure } from '../core/errors.ts'
import { type Problem, printProblem, type Source, withoutMark } from './diagnose.ts'
import { type Node, plainValue, spanOf } from './document.ts'
import { nearest, oneOf } from './near.ts'
import type { Path } from './paths.ts'
import { readYaml } from './positions.ts'

/** A file of settings: its shape, its keys by where they stand (`''` on top), and what zod cannot see. */
export type SettingsKind<Value> = {
  readonly shape: z.ZodMiniType<Value>
  readonly keys: Readonly<Record<string, readonly string[]>>
  readonly more?: (value: Value, root: Node, text: string) => readonly Problem[]
}

/** What stands in a file of settings. Throws a Failure('config') that tells every mistake in it, and where. */
export const readSettings = <Value>(source: Source, { shape, keys, more }: SettingsKind<Value>): Value => {
  const content = withoutMark(source.text)
  // Somebody may have taken out all that stood there.
  if (content.replace(/^\s*#.*$/gm, '').trim() === '') return z.parse(shape, {})
  const { root, problems } = readYaml(content)
  if (!root || problems.length > 0) throw wrong(source, problems)
  const { success, data, error } = z.safeParse(shape, plainValue(root))
  const found = success
    ? (more?.(data, root, content) ?? [])
    : error.issues.flatMap(issue => problemsOf(issue, { root, text: content, keys }))
  if (success && found.length === 0) return data
  throw wrong(source, found)
}

const wrong = (source: Source, problems: readonly Problem[]): Failure =>
  new Failure('config', problems.map(problem => printProblem(source, problem)).join('\n\n'))

type Where = { readonly root: Node; readonly text: string; readonly keys: Readonly<Record<string, readonly string[]>> }

const problemsOf = (issue: z.core.$ZodIssue, { root, text, keys }: Where): Problem[] => {
  const path = issue.path.map(key => (typeof key === 'number' ? key : String(key)))
  if (issue.code !== 'unrecognized_keys') {
    return [
      {
        ...spanOf(root, path, { text }),
        what: `${nameOf(path)} is ${wrongs[issue.code] ?? 'wrong'}.`,
        ...expectedBy(issue),
      },
    ]
  }
  const known = keys[String(path[0] ?? '')] ?? []
  return issue.keys.map(name => ({
    ...spanOf(root, [...path, name], { text, key: true }),
    what: `There is no setting "${name}".`,
    near: nearest(name, known),
    expected: oneOf(known),
  }))
}

const wrongs: Readonly<Record<string, string>> = {
  invalid_type: 'missing, or of another kind',
  invalid_value: 'none of the known ones',
}

const nameOf = (path: Path): string => (path.length === 0 ? 'The file' : `"${path.join('.')}"`)

const expectedBy = (issue: z.core.$ZodIssue): { expected?: string } => {
  if (issue.code === 'invalid_type') return { expected: kinds[issue.expected] ?? issue.expected }
  return issue.code === 'invalid_value' ? { expected: oneOf(issue.values.map(String)) } : {}
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping of texts',
}
