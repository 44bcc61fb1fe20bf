/** From the loudest on: each level has what those before it have. */
export const logLevels = ['error', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** Something that crossed the border. `body` is what was asked or came back, and only shown for `debug`. */
export type LogEntry = {
  readonly level: Exclude<LogLevel, 'debug'>
  readonly sign: '→' | '←' | '✗'
  readonly lane: string
  readonly what: string
  readonly body?: string
}
