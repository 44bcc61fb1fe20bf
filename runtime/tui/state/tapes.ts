import type { Tapes } from '../../team/screen.ts'

/** Whether nothing new can be asked: all that is said must have been recorded. */
export const isReplay = ({ replays, records }: Tapes): boolean => replays !== undefined && records === undefined

/** Whether a cassette is at work. */
export const isTaped = ({ replays, records }: Tapes): boolean => replays !== undefined || records !== undefined

/** What the status line says of cassettes. Where one is recorded, that is what comes of what one does. */
export const tapeText = ({ replays, records }: Tapes): string | undefined => {
  if (records !== undefined) return `recording ${records}`.trimEnd()
  return replays === undefined ? undefined : `replaying ${replays}`
}
