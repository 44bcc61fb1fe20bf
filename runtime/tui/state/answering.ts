import type { Answer } from '../../core/border.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ToolCall } from '../../core/message.ts'
import { typed } from '../input/pastes.ts'
import type { Desk } from './desk.ts'
import type { Asked, Reply } from './questions.ts'

/** The first key that is an answer: what was pressed along with it was not meant for the next question. */
export const answerKey = ({ store, driver }: Desk, input: string): void => {
  const [question] = store.state().questions
  const key = /[yspaenr]/i.exec(input)?.[0].toLowerCase() ?? ''
  const verdict = verdicts[key]
  if (verdict) return void driver.answer({ verdict })
  const what = replies[key]
  if (!question || !what) return
  const text = textFor[what](question)
  if (what === 'reason' || text !== '') store.tell({ type: 'replying', what, text })
}

const verdicts: Readonly<Record<string, Answer['verdict']>> = { y: 'yes', a: 'always', n: 'no' }
const replies: Readonly<Record<string, Reply>> = { r: 'reason', s: 'session', p: 'project', e: 'arguments' }

/** What stands there to be changed; rules a line each, and none where no rule can tell such calls. */
const textFor: Readonly<Record<Reply, (question: Asked) => string>> = {
  reason: () => '',
  session: ({ rules }) => rules.join('\n'),
  project: ({ rules }) => rules.join('\n'),
  arguments: ({ call }) => plainArgument(call)?.text ?? JSON.stringify(call.input, null, 2),
}

/** One text alone is changed as it is, without the marks of JSON. */
const plainArgument = ({ input }: ToolCall): { readonly name: string; readonly text: string } | undefined => {
  const [only, ...others] = Object.entries(input)
  return only && others.length === 0 && typeof only[1] === 'string' ? { name: only[0], text: only[1] } : undefined
}

/** Enter behind a reply: it is the answer, unless it says nothing, or is no JSON. */
export const replied = ({ store, driver }: Desk): void => {
  const { replying, reply, questions } = store.state()
  const [question] = questions
  if (!replying || !question) return
  const answer = answerFrom(replying, typed(reply), question.call)
  if (answer) return void driver.answer(answer)
  if (replying === 'arguments') driver.tell('warning', 'These are no arguments: they must be a JSON object.')
  else store.tell({ type: 'replying' })
}

const answerFrom = (what: Reply, text: string, call: ToolCall): Answer | undefined => {
  const said = text.trim()
  if (what === 'reason') return { verdict: 'no', ...(said !== '' && { reason: said }) }
  if (what === 'arguments') {
    const input = argumentsIn(text, call)
    return input && { verdict: 'yes', input }
  }
  const rules = said.split('\n').flatMap(line => line.trim() || [])
  return rules.length === 0 ? undefined : { verdict: 'yes', allow: { rules, for: what } }
}

const argumentsIn = (text: string, call: ToolCall): JsonObject | undefined => {
  const plain = plainArgument(call)
  if (plain) return { [plain.name]: text }
  try {
    const value = JSON.parse(text) as Json
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
