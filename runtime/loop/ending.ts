import type { EndReason } from '../core/event.ts'
import type { Agent } from './agent.ts'

/** Why a signal fired that stops a run; any other reason is that somebody called it off. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  readonly reason: EndReason
  constructor(reason: EndReason) {
    super(`The run was stopped (${reason}).`)
    this.reason = reason
  }
}

/** What a run ends with whose signal has fired. */
export const endingOf = ({ reason }: AbortSignal): EndReason =>
  reason instanceof Stopped ? reason.reason : 'cancelled'

/** What whoever gave the task hears of an agent that ended otherwise than with an answer. */
export const endings: Readonly<Record<EndReason, (agent: Agent) => string>> = {
  done: () => '',
  cancelled: () => 'The tool call was canceled by the user.',
  stopped: ({ name }) => `${name} was stopped.`,
  failed: ({ name }) => `${name} failed.`,
  repeating: ({ name }) => `${name} repeated itself without getting anywhere and was stopped.`,
  'max-iterations': ({ name, maxIterations }) =>
    `${name} was stopped after ${maxIterations} iterations without an answer.`,
  'max-cost': ({ name }) => `${name} was stopped: the run has cost what it may cost.`,
  'max-tokens': ({ name }) => `${name} was stopped: the run has used the tokens that it may use.`,
  timeout: ({ name }) => `${name} was stopped: the time of the run is over.`,
}
