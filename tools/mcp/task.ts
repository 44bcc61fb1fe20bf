import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { ResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { unlessAborted } from './abort.ts'

export type CallOptions = RequestOptions & { readonly signal: AbortSignal }

type Call = { readonly name: string; readonly arguments: Record<string, unknown> }

/**
 * Calls a tool that works as a task: the server gives a number at once, is asked how far it is, and gives the result
 * when it is done. Cancelling cancels the task. The result is of the same shape as that of any call.
 */
export const callAsTask = async (
  client: Client,
  call: Call,
  { schema, options, alive }: { schema: typeof ResultSchema; options: CallOptions; alive: () => void },
): Promise<unknown> => {
  const { tasks } = client.experimental
  const stream = tasks.callToolStream(call, schema as Parameters<typeof tasks.callToolStream>[1], {
    ...options,
    task: {},
  })
  let id: string | undefined
  try {
    for (;;) {
      const { value, done } = await unlessAborted(stream.next(), options.signal)
      alive()
      if (done) throw new Error('the task ended without a result')
      if (value.type === 'taskCreated') id = value.task.taskId
      if (value.type === 'error') throw value.error
      if (value.type === 'result') return value.result
    }
  } catch (error) {
    if (options.signal.aborted && id !== undefined) await tasks.cancelTask(id, { timeout: 1000 }).catch(() => undefined)
    throw error
  }
}
