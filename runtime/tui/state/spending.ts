import type { RunEvent } from '../../core/event.ts'
import { noUsage, usageTogether } from '../../core/message.ts'
import { ended } from '../view/said.ts'
import type { Reducers } from './reduce.ts'
import { allTokens } from './spent.ts'
import type { Spent } from './state.ts'

type Finish = Extract<RunEvent, { type: 'finish' }>

const spentMore = (before: Spent | undefined, model: string, { usage, cost }: Finish): Spent => ({
  model,
  usage: usageTogether(before?.usage ?? noUsage, usage),
  // What is not known stays unknown, however much is added.
  cost: (before && before.cost === undefined) || cost === undefined ? undefined : (before?.cost ?? 0) + cost,
  calls: (before?.calls ?? 0) + 1,
})

/** Tokens and money, by model. */
export const spending: Reducers = {
  finish: (state, event) => {
    const next = ended(state, event.path)
    const model = event.model ?? next.model ?? ''
    const before = next.spent.find(one => one.model === model)
    const spent = spentMore(before, model, event)
    const all = before ? next.spent.map(one => (one === before ? spent : one)) : [...next.spent, spent]
    if (event.path.length > 0) return { ...next, spent: all }
    return { ...next, spent: all, context: allTokens(event.usage), agent: event.agent }
  },
}
