import * as z from 'zod/mini'
import { Failure } from '../core/errors.ts'
import { printProblem, type Source, withoutMark } from './diagnose.ts'
import { plainValue } from './document.ts'
import { readYaml } from './positions.ts'
import { permissions } from './schema.ts'

type Permissions = z.infer<typeof permissions>

/** Rules of a project, which stand in a file of their own. Throws a Failure('config') where it holds anything else. */
export const loadPermissions = (source: Source): Permissions => {
  const text = withoutMark(source.text)
  // A file of comments alone has no rules.
  if (!/^\s*[^\s#]/m.test(text)) return {}
  const { root, problems } = readYaml(text)
  if (!root || problems.length > 0)
    throw new Failure('config', problems.map(problem => printProblem(source, problem)).join('\n\n'))
  const { data, error } = z.safeParse(permissions, plainValue(root))
  if (data) return data
  const places = error.issues.map(({ path }) => path.join('.')).filter(place => place !== '')
  throw new Failure('config', `${source.path} holds something that is no rule${places[0] ? `: ${places[0]}` : ''}.`, {
    hint: 'It has lists of patterns under "allow", "ask" and "deny".',
  })
}

const heading = `# What is not asked about in this project, beside the rules of its agent files.
# Reprise adds to it when you say so; change it as you like.
`

/**
 * The text of such a file with more rules that allow, in front of those that it has; nothing else in it is touched.
 * Throws a Failure('config') where they cannot be added without rewriting what is there.
 */
export const withAllowed = (source: Source, rules: readonly string[]): string => {
  const before = loadPermissions(source).allow ?? []
  const added = rules.filter(rule => !before.includes(rule))
  if (added.length === 0) return source.text
  const text = insertedInto(source.text === '' ? heading : source.text, added)
  if (isAs([...added, ...before], { ...source, text })) return text
  throw new Failure('config', `Rules cannot be added to ${source.path} as it is written.`, {
    hint: `Add them by hand under "allow": ${added.join(', ')}`,
  })
}

const insertedInto = (text: string, rules: readonly string[]): string => {
  const lines = (indent: string) => rules.map(rule => `${indent}- ${JSON.stringify(rule)}\n`).join('')
  const block = /^allow:[ \t]*(#.*)?\r?\n/m.exec(text)
  if (!block) return `${text}${text.endsWith('\n') ? '' : '\n'}allow:\n${lines('  ')}`
  const at = block.index + block[0].length
  const indent = /^([ \t]*)- /.exec(text.slice(at))?.[1] ?? '  '
  return text.slice(0, at) + lines(indent) + text.slice(at)
}

const isAs = (rules: readonly string[], source: Source): boolean => {
  try {
    const { allow = [] } = loadPermissions(source)
    return allow.length === rules.length && allow.every((rule, index) => rule === rules[index])
  } catch {
    return false
  }
}
