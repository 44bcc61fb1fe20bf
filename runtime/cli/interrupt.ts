import type { Output } from './output.ts'

export type Interruption = Disposable & {
  readonly signal: AbortSignal
}

/** Why a run ends that nobody can read. What ended it has been told, or is no failure (`| head`). */
export const unread = new Error('nobody reads the output')

/**
 * Ctrl-C once, a hang-up or a termination, and a reader of `output` that has gone away: the run is cancelled, and what was
 * recorded stays whole. Ctrl-C twice: the process ends.
 */
export const interruption = (output?: Output): Interruption => {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new Error('interrupted'))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, onSignal)
  const onError = () => controller.abort(unread)
  output?.on('error', onError)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, onSignal)
      output?.off('error', onError)
    },
  }
}
