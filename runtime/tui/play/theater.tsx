import { render } from 'ink'
import type { Booth, Leaving, Theater } from '../../team/theater.ts'
import { lookOf } from '../look.ts'
import { Cinema } from './cinema.tsx'
import { reelOf } from './reel.ts'

/**
 * A film on a screen of its own, for one goes to and fro in it: the terminal shows what it showed before when it is
 * over. Throws what a component threw, then too.
 */
export const theater: Theater = async (booth: Booth) => {
  const { stdin, stdout, env } = booth
  const left = Promise.withResolvers<Leaving>()
  stdin.setRawMode(true)
  const picture = <Cinema booth={booth} reel={reelOf(booth.film)} look={lookOf(env)} leave={left.resolve} />
  const { unmount, waitUntilExit } = render(picture, {
    ...{ stdin, stdout },
    exitOnCtrlC: false,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
  })
  const onSignal = () => left.resolve({})
  for (const name of signals) process.on(name, onSignal)
  try {
    const ended = waitUntilExit().then((): Leaving => ({}))
    return await Promise.race([left.promise, ended])
  } finally {
    for (const name of signals) process.off(name, onSignal)
    unmount()
    await waitUntilExit().catch(() => undefined)
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
