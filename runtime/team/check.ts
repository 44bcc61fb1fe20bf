import { printProblem, type Source } from '../config/diagnose.ts'
import { checkAgentFile, type LoadOptions, loadAgentFile } from '../config/load.ts'
import type { AgentFile } from '../config/schema.ts'
import { providers } from '../models/providers.ts'

type Options = Omit<LoadOptions, 'providers'>

const named = (options: Options): LoadOptions => ({ ...options, providers: providers.map(({ name }) => name) })

/** The agents of a file. Throws a Failure('config') that tells every mistake in it. */
export const loadTeamFile = (source: Source, options: Options): AgentFile => loadAgentFile(source, named(options))

/** Every mistake in a file, and what is only worth a word, printed each. */
export const checkTeamFile = (source: Source, options: Options): { problems: string[]; warnings: string[] } => {
  const { problems, warnings } = checkAgentFile(source, named(options))
  return {
    problems: problems.map(problem => printProblem(source, problem)),
    warnings: warnings.map(problem => printProblem(source, problem)),
  }
}
