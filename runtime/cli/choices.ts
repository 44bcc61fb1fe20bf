import type { Answer } from '../core/border.ts'
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { Question } from '../team/approval.ts'
import { type Terminal, write } from './terminal.ts'
import { typedLine } from './typed-line.ts'

type At = { readonly terminal: Terminal; readonly signal: AbortSignal }

/** The answers that take more than a key; nothing where the person thought better of it. All is written to standard error. */
export const chosen = async (key: string, question: Question, at: At): Promise<Answer | undefined> => {
  const { terminal } = at
  await write(terminal.stderr, '\n')
  const answer = await choices[key]?.(question, at)
  if (!answer) await write(terminal.stderr, again)
  return answer
}

const again = '[y]es, for the [s]ession, in this [p]roject, [a]ll, [e]dit, [n]o, no with a [r]eason: '

type Choice = (question: Question, at: At) => Promise<Answer | undefined>

const explained: Choice = async (question, { terminal }) => {
  const rules = await question.suggested()
  const such = rules.length === 0 ? 'no rule could let them go ahead' : rules.join(', ')
  await write(
    terminal.stderr,
    `  y  yes, this once
  s  yes, and such calls until the end of the session (${such})
  p  yes, and such calls in this project from now on (the same, in ${question.projectFile})
  a  yes, and everything until the end of the session
  e  change the arguments, then run it
  n  no
  r  no, and say why
`,
  )
  return undefined
}

const allowing =
  (scope: 'session' | 'project'): Choice =>
  async (question, at) => {
    const rules = await question.suggested()
    if (rules.length === 0) {
      await write(at.terminal.stderr, 'No rule could let such calls go ahead. Say yes or no to this one.\n')
      return undefined
    }
    await write(at.terminal.stderr, 'Change it if you like; Enter agrees, an empty line leaves it.\n')
    const agreed: string[] = []
    for (const text of rules) {
      const rule = (await typedLine(at.terminal, { prompt: 'allow: ', text }, at.signal))?.trim()
      if (rule) agreed.push(rule)
    }
    return agreed.length === 0 ? undefined : { verdict: 'yes', allow: { rules: agreed, for: scope } }
  }

const edited: Choice = async ({ call }, at) => {
  const [only, ...others] = Object.entries(call.input)
  // One text is changed as it is, without the marks of JSON; several lines would be one.
  const isPlain = only !== undefined && others.length === 0 && typeof only[1] === 'string' && !only[1].includes('\n')
  const text = isPlain ? String(only[1]) : JSON.stringify(call.input)
  for (let typed = text; ; ) {
    const line = await typedLine(
      at.terminal,
      { prompt: isPlain ? `${only[0]}: ` : 'arguments: ', text: typed },
      at.signal,
    )
    if (line === undefined || line.trim() === '') return undefined
    const input = isPlain ? { [only[0]]: line } : objectIn(line)
    if (input) return { verdict: 'yes', input }
    await write(at.terminal.stderr, 'That is no JSON object.\n')
    typed = line
  }
}

const objectIn = (text: string): JsonObject | undefined => {
  try {
    const value = JSON.parse(text) as Json
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const refused: Choice = async (_, at) => {
  const reason = (await typedLine(at.terminal, { prompt: 'Why not? ' }, at.signal))?.trim()
  return reason === undefined ? undefined : { verdict: 'no', ...(reason !== '' && { reason }) }
}

const choices: Readonly<Record<string, Choice>> = {
  '?': explained,
  s: allowing('session'),
  p: allowing('project'),
  e: edited,
  r: refused,
}
