import type { Wire } from './transports.ts'

type FailureOptions = { readonly isFinal?: boolean; readonly awaits?: 'login'; readonly cause?: unknown }

/**
 * Why a server cannot be used, as the rest of a sentence; `isFinal` where trying again is of no use, unless somebody does
 * what it `awaits`.
 */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure'
  readonly isFinal: boolean
  readonly awaits: 'login' | undefined
  constructor(message: string, { isFinal = false, awaits, cause }: FailureOptions = {}) {
    super(message, { cause })
    this.isFinal = isFinal
    this.awaits = awaits
  }
}

/** The server went away under a call. `isUndone` where it has certainly not begun with it. */
export class Lost extends Error {
  override readonly name = 'Lost'
  readonly isUndone: boolean
  constructor(message: string, isUndone: boolean) {
    super(message)
    this.isUndone = isUndone
  }
}

/** Nothing could be sent: the server has not seen it. */
export const gone = 'GONE'

/** The code of an error that stands for an answer whose connection broke; of the range that JSON-RPC leaves to us. */
export const brokenCode = -32097

/** That we closed it ourselves: no reason of the server's. */
export const closed = 'closed'

/** Codes of the protocol and of the SDK. */
const connectionClosed = -32000

/** `limit` is the number of seconds, where they have passed. */
export const startFailure = (error: unknown, wire: Wire, limit: number | undefined): ServerFailure => {
  const words = lastWords(wire.errors())
  if (limit !== undefined)
    return new ServerFailure(
      `it did not answer within ${limit} s. "timeout" in the agent file gives it longer.${words}`,
      { isFinal: true, cause: error },
    )
  const ending = wire.ending()
  if (error instanceof ServerFailure) return error
  const missing = notFound(error)
  if (missing !== undefined) return new ServerFailure(missing, { isFinal: true, cause: error })
  if (ending !== undefined && ending !== closed)
    return new ServerFailure(`it ended at its start (${ending}).${words}`, { cause: error })
  return new ServerFailure(`${sentence(messageOf(error))}${words}`, { cause: error })
}

const notFound = (error: unknown): string | undefined => {
  const { code, path } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `the command ${path ?? ''} was not found. Is it installed?`
  return code === 'EACCES' ? `the command ${path ?? ''} may not be run.` : undefined
}

/** What the server said last, so that a person sees why it failed; the end of it, since that is where errors stand. */
export const lastWords = (errors: string): string => {
  const lines = errors.split('\n').slice(-12)
  return errors === '' ? '' : `\nIt wrote to standard error:\n${lines.map(line => `  ${line}`).join('\n')}`
}

/** Whether an error of a call means that the server is gone, and how. */
export const lossIn = (
  error: unknown,
  { ending, words }: { ending: string | undefined; words: string },
): Lost | undefined => {
  const { code } = error as { code?: unknown }
  const lost = (why: string, isUndone: boolean) => new Lost(`${sentence(why)}${lastWords(words)}`, isUndone)
  if (code === gone) return lost(ending ?? messageOf(error), true)
  if (ending !== undefined) return lost(ending, false)
  if (code === connectionClosed || code === brokenCode) return lost(messageOf(error), false)
  return undefined
}

/** A call without a sign of life. */
export const noAnswer = (seconds: number): ServerFailure =>
  new ServerFailure(
    `it did not answer within ${seconds} s, and the call was called off. It may have done its work, or part of it.`,
  )

/** What an error of a call is for the model. */
export const callProblem = (error: unknown, server: string): string =>
  error instanceof ServerFailure ? `The MCP server ${server} failed: ${error.message}` : messageOf(error)

/** The SDK puts numbers in front, and fetch keeps to itself what went wrong. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof ServerFailure) return error.message
  const cause =
    error.cause instanceof Error ? `: ${error.cause.message || (error.cause as NodeJS.ErrnoException).code}` : ''
  return `${error.message.replace(/^(MCP error -?\d+: )+/, '')}${cause}`
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** What a server wrote, for a person's terminal: it must not move the cursor or change colours there. */
export const plain = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, '')
