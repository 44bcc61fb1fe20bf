import { render } from 'ink'
import type { ReactNode } from 'react'
import { Failure } from '../core/errors.ts'
import type { Stage } from '../team/screen.ts'
import { guardOf } from './guard.ts'

type Place = Pick<Stage, 'stdin' | 'stdout' | 'env'>

/**
 * Shows something on a screen of its own, for one goes to and fro in it: the terminal shows what it showed before when it
 * is over. Throws what a component threw, and a Failure('interrupted') where a signal ended it.
 */
export const onOwnScreen = async <Result>(
  { stdin, stdout, env }: Place,
  picture: (leave: (result: Result) => void) => ReactNode,
): Promise<Result> => {
  using _guard = guardOf({ stdin, env }, '\x1b[?1049l')
  const left = Promise.withResolvers<Result>()
  stdin.setRawMode(true)
  const { unmount, waitUntilExit } = render(picture(left.resolve), {
    ...{ stdin, stdout },
    exitOnCtrlC: false,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
  })
  const ended = new Failure('interrupted', 'A signal ended it.')
  const onSignal = () => left.reject(ended)
  for (const name of signals) process.on(name, onSignal)
  try {
    return await Promise.race([left.promise, waitUntilExit().then(() => Promise.reject(ended))])
  } finally {
    for (const name of signals) process.off(name, onSignal)
    unmount()
    await waitUntilExit().catch(() => undefined)
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
