import { printProblem } from '../../runtime/config/diagnose.ts'
import { checkAgentFile, type LoadOptions } from '../../runtime/config/load.ts'
import type { AgentFile } from '../../runtime/config/schema.ts'

/** Built-in providers, as team tells them. */
export const providers = ['openai', 'anthropic', 'google', 'mistral', 'xai', 'ollama', 'dmr']

export type Seen = {
  /** The first line of each problem, without the name of the file: `3:5: what`. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  /** All that is printed of the problems. */
  readonly printed: string
  readonly file: AgentFile | undefined
}

/** What somebody sees of a file with this text. */
export const checked = (text: string, options: Partial<LoadOptions> = {}): Seen => {
  const source = { path: 'agent.yaml', text }
  const { problems, warnings, file } = checkAgentFile(source, { env: {}, providers, ...options })
  const headlines = (all: typeof problems): string[] =>
    all.map(problem => (printProblem(source, problem).split('\n')[0] ?? '').replace('agent.yaml:', ''))
  return {
    problems: headlines(problems),
    warnings: headlines(warnings),
    printed: problems.map(problem => printProblem(source, problem)).join('\n'),
    file,
  }
}

/** The file with this text; fails where it has problems. */
export const loaded = (text: string, options: Partial<LoadOptions> = {}): AgentFile => {
  const { file, printed } = checked(text, options)
  if (!file) throw new Error(printed)
  return file
}

/** An agent that has these lines too. */
export const agentWith = (lines: string): string =>
  `agents:\n  root:\n    model: openai/gpt-4o\n${lines.replace(/^(?=.)/gm, '    ')}\n`
