import type { Failure } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'

/** Raised when a field changes its meaning or goes away; new event types and new fields do not raise it. */
export const jsonVersion = 1

const line = (value: unknown): string => `${JSON.stringify(value)}\n`

/** What `--json` prints: one event a line. There are no times in it, so that a replay prints the same bytes. */
export const jsonLines = {
  start: () => line({ type: 'start', version: jsonVersion }),
  event: (event: RunEvent) => line(event),
  failure: ({ code, message, hint }: Failure) => line({ type: 'error', code, message, ...(hint && { hint }) }),
  end: (exit: number) => line({ type: 'end', exit }),
}
