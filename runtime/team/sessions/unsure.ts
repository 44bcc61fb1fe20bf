import type { InterruptedCall } from '../../core/session.ts'
import type { World } from '../../loop/run.ts'

type Rules = Pick<World, 'permission' | 'person'>

/**
 * The same rules, which let no call pass without a question of which nobody knows what came of it the last time: it may
 * have been done. Who was asked once is not asked again.
 */
export const askingAgain = (rules: Rules, interrupted: readonly InterruptedCall[]): Rules => {
  const unsure = interrupted.filter(({ isBegun }) => isBegun)
  if (unsure.length === 0) return rules
  return {
    ...rules,
    permission: async call => {
      const permission = await rules.permission(call)
      const again = unsure.findIndex(one => isSameCall(one, call))
      if (call.readOnly || again < 0 || permission.verdict !== 'allow') return permission
      unsure.splice(again, 1)
      return { verdict: 'ask', reason: 'The same call was interrupted when this session ended; it may have been done.' }
    },
  }
}

const isSameCall = (one: InterruptedCall, other: Pick<InterruptedCall, 'name' | 'input'>): boolean =>
  one.name === other.name && JSON.stringify(one.input) === JSON.stringify(other.input)
