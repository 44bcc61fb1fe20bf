import { isOfUser } from '../../core/message.ts'
import type { State } from './state.ts'

/** What the user said next in the recording that is played back, where nothing else is being said. */
export const suggestion = (state: State): string | undefined =>
  isAtRest(state) ? state.script[state.turns] : undefined

/** Where help is, until something was said. */
export const helpHint = (state: State): string | undefined =>
  isAtRest(state) && state.turns === 0 && !state.messages.some(isOfUser)
    ? '/ for commands, @ for files, /help for keys'
    : undefined

const isAtRest = ({ editor, queue, isBusy, shell }: State): boolean =>
  editor.text === '' && queue.length === 0 && !isBusy && !shell
