import type { Path, RunEvent } from '../../core/event.ts'
import { atSame, depthOf, type Here, plus, type Reducers } from '../state/reduce.ts'
import type { Block, Speech, State } from '../state/state.ts'
import { fenceAfter } from './code.ts'
import { completeLength } from './markdown.ts'

const silence = { reasoning: '', text: '', told: 0, fence: undefined, code: '' } as const

const speechAt = (state: State, { path, agent }: Here): Speech =>
  state.speeches.find(atSame(path)) ?? { path, agent, ...silence }

const withSpeech = (state: State, speech: Speech): State => {
  const index = state.speeches.findIndex(atSame(speech.path))
  return { ...state, speeches: index < 0 ? [...state.speeches, speech] : state.speeches.with(index, speech) }
}

/** Complete lines of the root's answer are told at once; a sub-agent's when it has ended, since several speak at a time. */
const heard = (state: State, speech: Speech): State => {
  const length = speech.path.length === 0 ? completeLength(speech.text, speech.fence) : 0
  return length === 0 ? withSpeech(state, speech) : told(state, speech, length)
}

const told = (state: State, speech: Speech, length: number): State => {
  const text = speech.text.slice(0, length)
  const { fence, code } = fenceAfter(text, speech)
  const rest = { ...speech, text: speech.text.slice(length), told: speech.told + length, fence, code }
  const block: Block = {
    ...{ type: 'text', depth: depthOf(speech.path), agent: speech.agent, text, isFirst: speech.told === 0 },
    ...(speech.fence !== undefined && { fence: speech.fence, code: speech.code }),
  }
  return plus(withSpeech(state, rest), block)
}

/** What was said so far goes to the scrollback: it is complete, or nothing more will come. */
export const ended = (state: State, path: Path): State => {
  const speech = state.speeches.find(atSame(path))
  if (!speech) return state
  const thought = thoughtOf(state, speech)
  const all = speech.text.trim() === '' ? thought : told(thought, speech, speech.text.length)
  return { ...all, speeches: all.speeches.filter(other => !atSame(path)(other)) }
}

const thoughtOf = (state: State, { path, agent, reasoning }: Speech): State =>
  reasoning.trim() === '' ? state : plus(state, { type: 'reasoning', depth: depthOf(path), agent, text: reasoning })

type Part = Extract<RunEvent, { type: 'part' }>

/** A part is told by its deltas where there were any. */
const partTold = (state: State, { part, path, agent }: Part): State => {
  if (part.type === 'tool-call') return state
  const speech = state.speeches.find(atSame(path))
  const isHeard = speech && (part.type === 'text' ? speech.text !== '' || speech.told > 0 : speech.reasoning !== '')
  if (isHeard) return ended(state, path)
  const said = part.type === 'text' ? { text: part.text } : { reasoning: part.text }
  return ended(withSpeech(state, { path, agent, ...silence, ...said }), path)
}

/** What agents say and think. */
export const speaking: Reducers = {
  'text-delta': (state, event) => {
    const speech = speechAt(state, event)
    const quiet = thoughtOf(state, speech)
    const text = speech.text === '' && speech.told === 0 ? event.text.trimStart() : speech.text + event.text
    return heard(quiet, { ...speech, reasoning: '', text })
  },
  'reasoning-delta': (state, event) => {
    const speech = speechAt(state, event)
    return withSpeech(state, { ...speech, reasoning: speech.reasoning + event.text })
  },
  part: partTold,
}
