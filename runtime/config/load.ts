import { Failure } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { type Finding, type Problem, printProblem, type Source, withoutMark } from './diagnose.ts'
import { isUnknown, type Node, plainValue, spanOf } from './document.ts'
import { findingsIn, type LoadOptions } from './findings.ts'
import { checkShape } from './issues.ts'
import { type Move, type Path, writtenAt } from './paths.ts'
import { readYaml } from './positions.ts'
import type { AgentFile } from './schema.ts'
import { notText } from './syntax.ts'

export type { LoadOptions }

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
  const { first, others, moves } = findingsIn(value, options)
  const shape = checkShape(value, root)
  return {
    findings: [...first, ...shape.findings, ...others],
    moves,
    ...(shape.data && { file: { ...shape.data, agents: inOrder(root, shape.data.agents) } }),
  }
}

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
