import type { Path, RunEvent } from '../../core/event.ts'
import type { Act, Block, Level, State } from './state.ts'

export type Happening = RunEvent | Act

/** What each happening makes of the state, by its type. Pure; the time is `state.now`. */
export type Reducers = {
  readonly [T in Happening['type']]?: (state: State, event: Extract<Happening, { type: T }>) => State
}

export type Here = { readonly path: Path; readonly agent: string }

/** An agent at [] and its calls at [1] are of depth 0; a sub-agent speaks at the path of the call that began it. */
export const depthOf = (path: Path): number => path.length
export const atSame = (path: Path) => (other: { readonly path: Path }) => other.path.join('.') === path.join('.')

/** How many folded blocks can still be opened. */
const mostFolded = 50

/** These are over, and go to the scrollback. */
export const plus = (state: State, ...blocks: readonly Block[]): State => {
  const folded = blocks.filter(block => block.type === 'reasoning' || block.type === 'call')
  return {
    ...state,
    blocks: [...state.blocks, ...blocks],
    ...(folded.length > 0 && { folded: [...state.folded, ...folded].slice(-mostFolded) }),
  }
}

export const noted = (state: State, level: Level, text: string): State =>
  plus(state, { type: 'note', depth: 0, agent: state.agent, level, text })
