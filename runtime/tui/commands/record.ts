import { Failure } from '../../core/errors.ts'
import type { Desk } from '../state/desk.ts'

/** Records from here on, into another cassette than before where one is recorded already; or no more. */
export const record = async (desk: Desk, name: string): Promise<void> => {
  const { driver, store } = desk
  const { replays, records } = driver.tapes()
  if (replays !== undefined) throw records === undefined ? onlyPlayed : recordedAnyway
  if (name === 'off') {
    if (records === undefined) return driver.tell('info', 'Nothing is recorded.')
    return await driver.reopen({ record: false })
  }
  const wanted = name || `reprise-recording-${Math.floor(store.state().now / 1000)}`
  if (records === wanted) throw new Failure('usage', `It is recorded into ${wanted} already.`)
  await driver.reopen({ record: wanted })
  const before = store.state().messages.length > 0 ? ' What was said before stands at its beginning.' : ''
  driver.tell('info', `From here on it is recorded into ${wanted}.yaml.${before}`)
}

const onlyPlayed = new Failure('usage', 'A replay is a recording already.', {
  hint: 'Start again with --record=NAME beside --fake: what is known is played back, and the rest is real and recorded.',
})

const recordedAnyway = new Failure('usage', 'What is played back already goes into the recording.', {
  hint: 'Leave, and start again with another --record=NAME.',
})
