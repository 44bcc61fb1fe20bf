import { render } from 'ink'
import type { ReactNode } from 'react'

type Streams = { readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream }

/**
 * Shows something on a screen of its own, for one goes to and fro in it: the terminal shows what it showed before when it
 * is over. `nothing` is what came of it where a signal ended it. Throws what a component threw, then too.
 */
export const onOwnScreen = async <Result>(
  { stdin, stdout }: Streams,
  nothing: Result,
  picture: (leave: (result: Result) => void) => ReactNode,
): Promise<Result> => {
  const left = Promise.withResolvers<Result>()
  stdin.setRawMode(true)
  const { unmount, waitUntilExit } = render(picture(left.resolve), {
    ...{ stdin, stdout },
    exitOnCtrlC: false,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
  })
  const onSignal = () => left.resolve(nothing)
  for (const name of signals) process.on(name, onSignal)
  try {
    return await Promise.race([left.promise, waitUntilExit().then(() => nothing)])
  } finally {
    for (const name of signals) process.off(name, onSignal)
    unmount()
    await waitUntilExit().catch(() => undefined)
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
