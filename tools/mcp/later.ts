import type { RequestTaskStore } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { CreateTaskResult, Result } from '@modelcontextprotocol/sdk/types.js'

type Asked = { readonly params: { readonly task?: unknown } }

/**
 * An answer that takes a person, or a model, its time: the server that wishes so gets a number at once, asks how far it is,
 * and fetches the answer when it is there. Kept as long as the session.
 */
export const answeredLater = async <Answer extends Result>(
  work: (signal: AbortSignal) => Promise<Answer>,
  { params }: Asked,
  { signal, taskStore, ended }: { signal: AbortSignal; taskStore?: RequestTaskStore | undefined; ended: AbortSignal },
): Promise<Answer | CreateTaskResult> => {
  if (params.task === undefined || !taskStore) return await work(signal)
  const task = await taskStore.createTask({ pollInterval })
  const done = (status: 'completed' | 'failed', result: Result) =>
    // One that was cancelled meanwhile has its end.
    taskStore.storeTaskResult(task.taskId, status, result).catch(() => undefined)
  // The request is over when it has its number; the question is with the session.
  void work(ended).then(
    answer => done('completed', answer),
    error => done('failed', { content: [{ type: 'text', text: error instanceof Error ? error.message : `${error}` }] }),
  )
  return { task }
}

/** Milliseconds between two questions of how far it is. */
const pollInterval = 500
