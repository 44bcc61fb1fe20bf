import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'

/** Bytes of one message. Nothing that a model could read is larger. */
export const longestMessage = 10 * 1024 * 1024

/** What a server may send without answering anything. */
export const most = { bytes: 64 * 1024 * 1024, messages: 100_000 }

export const flooded = 'it sent without end and answered nothing, so it was ended'

/** The code of an error that stands for an answer which was too large; of the range that JSON-RPC leaves to us. */
export const tooLargeCode = -32098

/** The error that stands for an answer which is not held, by its two ends; nothing where they do not say what it answers. */
export const tooLarge = ({ start, end }: { start: string; end: string }): JSONRPCMessage | undefined => {
  const id = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)\s*,/.exec(start)?.[1] ?? idAtEnd(end)
  if (id === undefined) return undefined
  return { jsonrpc: '2.0', id: Number(id), error: { code: tooLargeCode, message: tooLargeText } }
}

/** Inside a text every quotation mark would have a backslash before it. */
const idAtEnd = (end: string): string | undefined =>
  /,\s*"id"\s*:\s*(\d+)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(end)?.[1]

export const tooLargeText = `The answer was larger than ${longestMessage / 1024 / 1024} MB and was left out. Ask for less.`
