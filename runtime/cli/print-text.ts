import type { RunEvent } from '../core/event.ts'
import { type ToolCall, type ToolResult, textOf } from '../core/message.ts'
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
  const bold = (text: string) => (options.bold ? `\x1b[1m${text}\x1b[22m` : text)
  let speaker: string | undefined
  let started = false

  const header = (agent: string): string => {
    if (agent === speaker) return ''
    const text = `${started ? '\n' : ''}\n--- Agent: ${bold(agent)} ---\n`
    speaker = agent
    started = true
    return text
  }
  const called = (call: ToolCall) => `Calling ${bold(call.name)}${argumentsText(call, bold)}\n`
  const responded = (call: ToolCall, result: ToolResult) =>
    `\n${bold(call.name)} response → ${resultText(textOf(result.content), bold)}\n`

  return event => {
    switch (event.type) {
      case 'message':
        // A new word of the user begins a new block, also for the agent that spoke last.
        if (event.message.role === 'user') speaker = undefined
        return ''
      case 'text-delta':
        return header(event.agent) + event.text
      case 'question':
        return `${header(event.agent)}\n🛠️ Tool call requires confirmation 🛠️\n\n${called(event.call)}\nCan I run this tool? ([y]es/[a]ll/[n]o): `
      case 'answer':
        return `${answers[event.answer.verdict]}\n`
      case 'tool-start':
        return options.hideToolCalls ? '' : `${header(event.agent)}\n${called(event.call)}`
      case 'tool-end':
        return options.hideToolCalls || options.hideToolResults
          ? ''
          : header(event.agent) + responded(event.call, event.result)
      default:
        return ''
    }
  }
}

const answers = { yes: 'Yes 👍', always: 'Yes to all 👍', no: 'No 👎' }
