import type { State } from './state/state.ts'

/** A turn that took longer has perhaps been left alone, in milliseconds. */
const long = 10_000

/** What whoever looks elsewhere should know after a change; nothing where that is nothing. */
export const noticeAfter = (before: State, now: State): string | undefined => {
  const asks = ({ questions, forms }: State) => questions.length + forms.length > 0
  if (asks(now) && !asks(before)) return `${now.agent} waits for your answer.`
  const isOver = before.isBusy && !now.isBusy && !now.isInterrupting && !now.isOver
  return isOver && now.now - before.since >= long ? `${now.agent} has answered.` : undefined
}

/**
 * Tells it by the means that terminals have: a bell, and messages on the desktop (OSC 9 and 777), which others swallow.
 * Only the bell where nobody knows whether the window is looked at.
 */
export const bellFor = (text: string, isFocused: boolean | undefined): string => {
  if (isFocused) return ''
  return isFocused === undefined ? '\x07' : `\x07\x1b]9;${text}\x07\x1b]777;notify;reprise;${text}\x07`
}
