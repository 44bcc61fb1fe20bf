import { printProblem, type Source } from '../config/diagnose.ts'
import type { LoadOptions } from '../config/load.ts'
import { loadPlainAgentFile } from '../config/load-plain.ts'
import type { AgentFile } from '../config/schema.ts'
import { providers } from '../models/providers.ts'

type Options = Omit<LoadOptions, 'providers'>

const named = (options: Options): LoadOptions => ({ ...options, providers: providers.map(({ name }) => name) })

/** The agents of a file. Throws a Failure('config') that tells every mistake in it. */
export const loadTeamFile = async (source: Source, options: Options): Promise<AgentFile> =>
  loadPlainAgentFile(source, named(options)) ??
  (await import('../config/load.ts')).loadAgentFile(source, named(options))

/** Every mistake in a file, and what is only worth a word, printed each. */
export const checkTeamFile = async (
  source: Source,
  options: Options,
): Promise<{ problems: string[]; warnings: string[] }> => {
  const { checkAgentFile } = await import('../config/load.ts')
  const { problems, warnings } = checkAgentFile(source, named(options))
  return {
    problems: problems.map(problem => printProblem(source, problem)),
    warnings: warnings.map(problem => printProblem(source, problem)),
  }
}
