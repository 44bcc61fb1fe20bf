import { Failure } from '../core/errors.ts'
import { isJsonObject, type Json } from '../core/json.ts'
import { type Finding, type Problem, printProblem, type Source, withoutMark } from './diagnose.ts'
import { isUnknown, type Node, plainValue, spanOf } from './document.ts'
import { type Environment, expand } from './expand.ts'
import { checkShape } from './issues.ts'
import { migrate } from './migrate.ts'
import { type Move, type Path, placesOf, writtenAt } from './paths.ts'
import { readYaml } from './positions.ts'
import { referenceFindings } from './references.ts'
import type { AgentFile } from './schema.ts'
import { notText } from './syntax.ts'
import { clashFindings } from './tool-clashes.ts'
import { toolFindings } from './tool-rules.ts'
import { toolsetFindings } from './toolset-rules.ts'
import { unsupportedFindings } from './unsupported.ts'

export type LoadOptions = {
  readonly env: Environment
  /** Names of built-in providers; where absent, any name will do. */
  readonly providers?: readonly string[]
  /** What is wrong with a reference to another agent file; where absent, none is looked at. */
  readonly complaint?: (reference: string) => string | undefined
  /** A replay: variables that are not set are empty, and no mistake. */
  readonly lenient?: boolean
}

/** What is wrong with a file, in its order, and the file where nothing is. */
export type Verdict = {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly file?: AgentFile
}

/** Reads an agent file of any version. Throws a Failure('config') whose message tells all that is wrong with it. */
export const loadAgentFile = (source: Source, options: LoadOptions): AgentFile => {
  const { problems, file } = checkAgentFile(source, options)
  if (file) return file
  throw new Failure('config', problems.map(problem => printProblem(source, problem)).join('\n\n'))
}

/** Finds every mistake in an agent file of any version. */
export const checkAgentFile = (source: Source, options: LoadOptions): Verdict => {
  const text = withoutMark(source.text)
  const strange = notText(text)
  if (strange && text.includes('\0')) return { problems: [strange], warnings: [] }
  const { root, problems: syntax } = readYaml(text)
  const checked = root ? checkDocument(root, options) : { findings: [], moves: [] }
  const found = root ? checked.findings.flatMap(finding => placed(finding, { root, text, moves: checked.moves })) : []
  const all = unique([...[...(strange ? [strange] : []), ...syntax].map(problem => ({ problem })), ...found]).sort(
    (a, b) => a.start - b.start,
  )
  const problems = all.filter(({ warning }) => !warning)
  const warnings = all.filter(({ warning }) => warning)
  return { problems, warnings, ...(problems.length === 0 && checked.file && { file: checked.file }) }
}

type Document = { readonly findings: readonly Finding[]; readonly moves: readonly Move[]; readonly file?: AgentFile }

const checkDocument = (root: Node, options: LoadOptions): Document => {
  const value = plainValue(root)
  if (!isJsonObject(value)) return { findings: checkShape(value, root).findings, moves: [] }
  const { findings, moves } = migrate(value)
  const unsupported = unsupportedFindings(value)
  const references = referenceFindings(value, options)
  const rules = [...toolsetFindings(value), ...toolFindings(value), ...clashFindings(value)]
  const expansion = expand(value, options)
  const shape = checkShape(value, root)
  return {
    findings: [
      ...findings,
      ...unsupported,
      ...emptyFindings(value),
      ...shape.findings,
      ...references,
      ...rules,
      ...expansion,
    ],
    moves,
    ...(shape.data && { file: { ...shape.data, agents: inOrder(root, shape.data.agents) } }),
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

/** Agents in the order in which they are written: JavaScript puts names that are numbers first. */
const inOrder = <Agent extends object>(root: Node, agents: Readonly<Record<string, Agent>>) => {
  const section = root.type === 'mapping' ? root.entries.find(({ key }) => key === 'agents')?.value : undefined
  const names = section?.type === 'mapping' ? section.entries.map(({ key }) => key) : []
  return names.flatMap(name => {
    const agent = agents[name]
    return agent ? [{ name, ...agent }] : []
  })
}

type Where = { readonly root: Node; readonly text: string; readonly moves: readonly Move[] }

type Placed = { readonly problem: Problem; readonly path?: Path }

const placed = ({ path, key, part, ...mistake }: Finding, { root, text, moves }: Where): Placed[] => {
  const written = writtenAt(path, moves)
  if (isUnknown(root, written)) return []
  const span = spanOf(root, written, { text, ...(key && { key }), ...(part !== undefined && { part }) })
  return [{ problem: { ...span, ...mistake }, path: written }]
}

/** One thing is said of one place, and the first to speak is right: the rest follows from it, or is repeated by an alias. */
const unique = (all: readonly Placed[]): Problem[] => {
  const kept = new Map<number, Placed[]>()
  for (const one of all) {
    const here = kept.get(one.problem.start) ?? []
    if (!here.some(earlier => isSaid(one, earlier))) kept.set(one.problem.start, [...here, one])
  }
  return [...kept.values()].flat().map(({ problem }) => problem)
}

/** Of two things that are found at one place. */
const isSaid = ({ problem, path }: Placed, earlier: Placed): boolean =>
  problem.what === earlier.problem.what || !earlier.path || earlier.path.at(-1) === path?.at(-1)
