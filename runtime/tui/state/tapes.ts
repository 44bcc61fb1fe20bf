import { Failure } from '../../core/errors.ts'
import type { Tapes } from '../../team/screen.ts'

/** Whether nothing new can be asked: all that is said must have been recorded. */
export const isReplay = ({ replays, records }: Tapes): boolean => replays !== undefined && records === undefined

/** What the status line says of cassettes. Where one is recorded, that is what comes of what one does. */
export const tapeText = ({ replays, records }: Tapes): string | undefined => {
  if (records !== undefined) return `recording ${records}`.trimEnd()
  return replays === undefined ? undefined : `replaying ${replays}`
}

/** Why a conversation cannot be left for another one here, and what to do instead; nothing where it can. */
export const boundTo = ({ replays, records }: Tapes, what: string): Failure | undefined => {
  if (replays === undefined && records === undefined) return undefined
  if (replays === undefined) {
    return new Failure('usage', `${what} leads to another conversation, and a recording holds one, as it went.`, {
      hint: '/record off ends the recording and keeps it; then this can be done.',
    })
  }
  if (records === undefined) {
    return new Failure('usage', `${what} leads to another conversation, and a replay goes as it was recorded.`, {
      hint: `reprise play ${replays} shows any moment of it, and f goes on for real from there.`,
    })
  }
  return new Failure('usage', `${what} leads to another conversation, and this one goes on from ${replays}.`, {
    hint: 'Leave, and start again without --fake.',
  })
}

/** Why nothing can be otherwise than it was recorded; nothing where it can. */
export const settled = (tapes: Tapes, what: string): Failure | undefined =>
  isReplay(tapes)
    ? new Failure('usage', `${what}: a replay knows no other answers than those that were recorded.`, {
        hint: 'Start again with --record=NAME beside --fake: it goes on for real from where you change something.',
      })
    : undefined
