export type Interruption = Disposable & {
  readonly signal: AbortSignal
  /** The reader of our output has gone away: there is nobody to run for. */
  readonly closed: () => void
}

/** Why a run ends that nobody can read. What ended it has been told, or is no failure (`| head`). */
export const unread = new Error('nobody reads the output')

/** Ctrl-C once, a hang-up or a termination: the run is cancelled and what was recorded stays whole. Twice: the process ends. */
export const interruption = (): Interruption => {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new Error('interrupted'))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: controller.signal,
    closed: () => controller.abort(unread),
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}
