import type { LogLevel } from '../core/log.ts'

/** The options of `run` and `exec`, as commander gives them; `plain` only with `run`. */
export type RunOptions = {
  readonly agent?: string
  readonly model?: readonly string[]
  /** A name, or '' for a name made from the time. */
  readonly record?: string
  readonly fake?: string
  /** Milliseconds, or '' for the default of 15. */
  readonly fakeStream?: string
  readonly fakeTools?: 'replay' | 'live'
  readonly strict?: boolean
  readonly yolo?: boolean
  readonly maxCost?: string
  readonly maxTokens?: string
  readonly timeout?: string
  readonly json?: boolean
  readonly plain?: boolean
  readonly quiet?: boolean
  readonly hideToolCalls?: boolean
  readonly hideToolResults?: boolean
  readonly liveOutput?: boolean
  readonly attach?: readonly string[]
  readonly promptFile?: readonly string[]
  readonly dryRun?: boolean
  readonly workingDir?: string
  readonly envFromFile?: readonly string[]
  readonly otel?: boolean
  readonly debug?: boolean
  readonly logFile?: string
  readonly logLevel?: LogLevel
  readonly logFormat?: 'text' | 'json'
  /** A name of a session to go on with, or false to store nothing. */
  readonly session?: string | false
  readonly sessionDb?: string
}
