/** Milliseconds for people: `9s`, `3m 20s`, `2h 5m`. */
export const duration = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}m ${seconds % 60}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`
}

/** The same behind what goes on, with a space before it; nothing in the first second. */
export const lasting = (milliseconds: number): string => (milliseconds < 1000 ? '' : ` ${duration(milliseconds)}`)

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long before `now`, in milliseconds, that time of ISO 8601 was; the day where it is longer than a month ago. */
export const ago = (time: string, now: number): string => {
  const past = now - Date.parse(time)
  if (past < minute) return 'just now'
  if (past < hour) return `${Math.floor(past / minute)}m ago`
  if (past < day) return `${Math.floor(past / hour)}h ago`
  return past < 30 * day ? `${Math.floor(past / day)}d ago` : time.slice(0, 10)
}
