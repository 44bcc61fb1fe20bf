import { paired } from './align.ts'
import type { Effect, Lane, Transcript, Turn } from './transcript.ts'
import { callText, contentText, effectText, silence, wordsOf } from './words.ts'

/** Something that was said or done in a run, as a person reads it. `depth` counts the tasks that it was done below. */
type Step = { readonly id: number; readonly agent: string; readonly depth: number; readonly text: string }

/** The same moment of two runs; one of them alone where the other has nothing like it. */
export type Moment = { readonly before?: Step; readonly after?: Step; readonly isAlike: boolean }

/** Two runs, moment by moment: what was said and done, in its order, that of a task below its call. */
export const momentsOf = (before: Transcript, after: Transcript): Moment[] => {
  const [old, now] = [before, after].map(({ lanes }) => lanes.flatMap(lane => stepsIn(lane, 0))) as [Step[], Step[]]
  return paired(old, now, sameStep, likeStep).map(pair => {
    const one = pair.before === undefined ? undefined : old[pair.before]
    const other = pair.after === undefined ? undefined : now[pair.after]
    return {
      ...(one && { before: one }),
      ...(other && { after: other }),
      isAlike: one !== undefined && other !== undefined && sameStep(one) === sameStep(other),
    }
  })
}

const sameStep = ({ agent, depth, text }: Step): string => JSON.stringify([agent, depth, text])

/** What stands for the same in two runs that went otherwise: who did something of that kind. */
const likeStep = ({ agent, depth, text }: Step): string =>
  `${agent} ${depth} ${/^[→=>!] ?\w*/.exec(text)?.[0] ?? 'says'}`

const stepsIn = (lane: Lane, depth: number): Step[] =>
  lane.items.flatMap(item => {
    if (item.type === 'lane') return stepsIn(item, depth + 1)
    return item.type === 'turn' ? turnSteps(item, depth) : effectSteps(item, depth)
  })

const turnSteps = (turn: Turn, depth: number): Step[] => {
  const { id, agent, calls, problem } = turn
  const words = wordsOf(turn) ?? (calls.length > 0 || problem !== undefined ? undefined : silence(turn))
  const step = (text: string, at = id): Step => ({ id: at, agent, depth, text })
  return [
    ...(words === undefined ? [] : [step(words)]),
    ...(problem === undefined ? [] : [step(`! ${problem}`)]),
    ...calls.flatMap(call => [
      step(`→ ${callText(call)}`),
      ...(call.lane ? stepsIn(call.lane, depth + 1) : []),
      ...(call.result && !call.lane ? [step(`= ${answerText(call.result)}`, call.result.id)] : []),
    ]),
  ]
}

/** Facts of the surroundings are no part of what was said and done. */
const effectSteps = (effect: Effect, depth: number): Step[] => {
  if (effect.kind === 'fact') return []
  const text = effect.kind === 'message' ? `> ${contentText(effect.asked)}` : effectText(effect)
  return [{ id: effect.id, agent: effect.agent, depth, text }]
}

const answerText = ({ answer, problem }: Effect): string =>
  problem === undefined ? contentText(answer) : `${problem}: ${contentText(answer)}`
