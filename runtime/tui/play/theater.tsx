import type { Leaving, Theater } from '../../team/theater.ts'
import { onOwnScreen } from '../own-screen.ts'
import { lookOf } from '../view/look.ts'
import { Cinema } from './cinema.tsx'
import { reelOf } from './reel.ts'

/** A film on a screen of its own. */
export const theater: Theater = booth => {
  const reel = reelOf(booth.film)
  const look = lookOf(booth.env)
  return onOwnScreen<Leaving>(booth, leave => <Cinema booth={booth} reel={reel} look={look} leave={leave} />)
}
