import * as z from 'zod/mini'
import { Failure } from '../core/errors.ts'
import { type Problem, printProblem, type Source, withoutMark } from './diagnose.ts'
import { type Node, plainValue, spanOf } from './document.ts'
import { nearest, oneOf } from './near.ts'
import type { Path } from './paths.ts'
import { readYaml } from './positions.ts'
import { key, mapping, needed, text, textByName, texts } from './shapes.ts'

const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const

const secrets = mapping('Secrets', 'Credentials of this project that Reprise cannot know.', {
  variables: key(texts, 'Environment variables that hold credentials, whatever their names say'),
  fields: key(texts, 'Fields of JSON, headers, query parameters and settings whose values are credentials'),
  patterns: key(textByName, 'Credentials by their form: regular expressions, by the names that stand for them'),
})

const origin = mapping('Origin', 'A host that recordings of other tools talked to.', {
  url: needed(text, 'What its addresses begin with'),
  provider: needed(text, 'The provider that it stands for'),
  protocol: needed(z.enum(protocols), 'What it speaks'),
})

const settings = mapping('Settings', 'What a project tells Reprise about its recordings.', {
  secrets: key(secrets, 'Credentials that are not written into recordings'),
  origins: key(z.array(origin), 'Hosts in recordings of other tools'),
})

export type Settings = z.infer<typeof settings>

/** The settings of a project. Throws a Failure('config') that tells every mistake in the file. */
export const loadSettings = (source: Source): Settings => {
  const content = withoutMark(source.text)
  const { root, problems } = readYaml(content)
  if (!root || problems.length > 0) throw wrong(source, problems)
  const { success, data, error } = z.safeParse(settings, plainValue(root))
  const found = success
    ? patternProblems(data, root, content)
    : error.issues.flatMap(issue => problemsOf(issue, root, content))
  if (success && found.length === 0) return data
  throw wrong(source, found)
}

const wrong = (source: Source, problems: readonly Problem[]): Failure =>
  new Failure('config', problems.map(problem => printProblem(source, problem)).join('\n\n'))

const known: Readonly<Record<string, readonly string[]>> = {
  '': ['secrets', 'origins'],
  secrets: ['variables', 'fields', 'patterns'],
  origins: ['url', 'provider', 'protocol'],
}

const problemsOf = (issue: z.core.$ZodIssue, root: Node, text: string): Problem[] => {
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
  const keys = known[String(path[0] ?? '')] ?? []
  return issue.keys.map(name => ({
    ...spanOf(root, [...path, name], { text, key: true }),
    what: `There is no setting "${name}".`,
    near: nearest(name, keys),
    expected: oneOf(keys),
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
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping of texts',
}

const patternProblems = ({ secrets }: Settings, root: Node, text: string): Problem[] =>
  Object.entries(secrets?.patterns ?? {}).flatMap(([name, source]) => {
    const why = whyNoPattern(source)
    return why === undefined
      ? []
      : [{ ...spanOf(root, ['secrets', 'patterns', name], { text }), what: `This is no regular expression: ${why}.` }]
  })

const whyNoPattern = (source: string): string | undefined => {
  try {
    new RegExp(source)
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '')
  }
}
