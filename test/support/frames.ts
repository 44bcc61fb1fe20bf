import type { Path, RunEvent } from '../../runtime/core/event.ts'
import { type Act, initial, type State } from '../../runtime/tui/state/state.ts'
import { after } from '../../runtime/tui/state/store.ts'
import { blockLines } from '../../runtime/tui/view/blocks.ts'
import { frameOf } from '../../runtime/tui/view/live.ts'

type Told = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'path' | 'agent'> : never) : never

/** An event of the agent that is spoken to, or of another. */
export const at = (path: Path, event: Told, agent = 'root'): RunEvent => ({ path, agent, ...event }) as RunEvent

/** The state of the screen after all of it. */
export const play = (events: readonly (RunEvent | Act)[], from: State = initial): State => events.reduce(after, from)

/** Lines as they stand on a screen. */
export const textOf = (lines: readonly (readonly { text: string }[])[]): string =>
  lines
    .map(line =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n')

/** What went to the scrollback, and what still changes, as text. */
export const scrollback = ({ blocks }: State, width = 60): string =>
  textOf(blocks.flatMap(block => blockLines(block, width)))
export const frame = (state: State, columns = 60, rows = 20): string => textOf(frameOf(state, { columns, rows }).lines)
