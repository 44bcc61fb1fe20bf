import type { RunEvent } from '../core/event.ts'
import { isOfUser, type ToolCall, textOf } from '../core/message.ts'
import { argumentsText, resultText } from './print-call.ts'

export type TextOptions = {
  readonly hideToolCalls: boolean
  readonly hideToolResults: boolean
  /** Agent and tool names are bold; only for a terminal. */
  readonly bold: boolean
}

/**
 * Events as the text that `exec` prints. The form is cagent's, byte for byte where its end-to-end tests look, so that
 * scripts made for it carry over; reasoning is left out, and failures go to standard error.
 */
export const textPrinter = (options: TextOptions): ((event: RunEvent) => string) => {
  const { hideToolCalls, hideToolResults } = options
  const bold = (text: string) => (options.bold ? `\x1b[1m${text}\x1b[22m` : text)
  let speaker: string | undefined
  let isFirst = true
  /** Whether text stands there that was not said to its end yet. */
  let isBegun = false
  /** Calls that have been printed, by their paths. */
  const shown = new Set<string>()

  const header = (agent: string): string => {
    if (agent === speaker) return ''
    const text = `${isFirst ? '' : '\n'}\n--- Agent: ${bold(agent)} ---\n`
    speaker = agent
    isFirst = false
    return text
  }
  const called = (call: ToolCall) => `\nCalling ${bold(call.name)}${argumentsText(call, bold)}\n`
  const call = ({ path, agent, call }: Extract<RunEvent, { type: 'tool-start' | 'tool-end' }>): string => {
    if (hideToolCalls || shown.has(path.join('.'))) return ''
    shown.add(path.join('.'))
    return header(agent) + called(call)
  }
  const responded = ({ call, result }: Extract<RunEvent, { type: 'tool-end' }>) =>
    `\n${bold(call.name)} response → ${resultText(textOf(result.content), bold)}\n`
  const question = ({ call, rule, reason }: Extract<RunEvent, { type: 'question' }>) =>
    `\n${bold('🛠️ Tool call requires confirmation 🛠️')}\n${called(call)}${why(rule, reason)}\n${bold('Can I run this tool? ([y]es/[a]ll/[n]o): ')}`

  return event => {
    switch (event.type) {
      case 'message':
        isBegun = false
        // What the user says begins a new turn, also for the agent that spoke last; a task for a sub-agent does not.
        if (!isOfUser(event.message) || event.path.length > 0) return ''
        speaker = undefined
        if (event.steers) return `\n${textOf(event.message.content).replace(/^/gm, '> ')}\n`
        isFirst = true
        return ''
      case 'text-delta':
        isBegun = true
        return header(event.agent) + event.text
      case 'retry':
        // What was said before it broke off stays there, and what is said anew begins a line.
        if (!isBegun) return ''
        isBegun = false
        return '\n'
      case 'question':
        shown.add(event.path.join('.'))
        return header(event.agent) + question(event)
      case 'answer':
        return answered(event, called) + (hideToolCalls || hideToolResults ? '\n' : '')
      case 'tool-start':
        return call(event)
      case 'tool-end':
        // What was refused without a question never began, and is shown with its refusal.
        return call(event) + (hideToolCalls || hideToolResults ? '' : header(event.agent) + responded(event))
      default:
        return ''
    }
  }
}

/** cagent does not say why it asks; where no rule does, its form is kept. */
const why = (rule: string | undefined, reason: string | undefined): string => {
  const text = [...(rule === undefined ? [] : [`Asked because of the rule "${rule}".`]), ...(reason ? [reason] : [])]
  return text.length === 0 ? '' : `\n${text.join(' ')}\n`
}

/** A person's answer, with the rules that he agreed to, and the call as he made it. */
const answered = (
  { call, answer: { verdict, allow, input } }: Extract<RunEvent, { type: 'answer' }>,
  called: (call: ToolCall) => string,
): string =>
  answers[verdict] +
  (allow ? `\nAllowed from now on: ${allow.rules.join(', ')}` : '') +
  (input ? `\n${called({ ...call, input }).trimEnd()}` : '')

const answers = { yes: 'Yes 👍', always: 'Yes to all 👍', no: 'No 👎' }
