import type { StopAnswer } from '../core/border.ts'
import type { ModelEvent } from '../core/model.ts'

/** What a run may use up, all its agents together: US dollars, and tokens in and out. */
export type Limits = { readonly cost?: number; readonly tokens?: number }

/** Keeps count of what a run uses up. */
export type Budget = {
  readonly spend: (turn: Extract<ModelEvent, { type: 'finish' }>) => void
  /** The limit that is reached, if one is. */
  readonly reached: () => StopAnswer | null
}

/** `unpriced` is told, once, of a model whose price is not known where there is a limit of cost. */
export const budgetOf = ({ cost, tokens }: Limits, unpriced: (model: string) => void): Budget => {
  let spent = 0
  let used = 0
  let isTold = false
  return {
    spend: turn => {
      const { input, cacheRead, cacheWrite, output } = turn.usage
      used += input + cacheRead + cacheWrite + output
      spent += turn.cost ?? 0
      if (turn.cost !== undefined || cost === undefined || isTold) return
      isTold = true
      unpriced(turn.model ?? 'a model')
    },
    reached: () => {
      if (cost !== undefined && spent >= cost) return 'max-cost'
      return tokens !== undefined && used >= tokens ? 'max-tokens' : null
    },
  }
}
