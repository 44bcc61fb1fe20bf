import type { Usage } from '../../core/message.ts'
import type { State } from './state.ts'

export const allTokens = ({ input, cacheRead, cacheWrite, output }: Usage): number =>
  input + cacheRead + cacheWrite + output

/** All tokens that were billed. */
export const tokensOf = ({ spent }: Pick<State, 'spent'>): number =>
  spent.reduce((sum, { usage }) => sum + allTokens(usage), 0)

/** `1234` as `1.2k`. */
export const short = (count: number): string =>
  count < 1000 ? `${count}` : count < 1_000_000 ? `${tenths(count / 1000)}k` : `${tenths(count / 1_000_000)}M`

/** `2.3`, and `200` where nothing stands behind the point. */
const tenths = (count: number): string => count.toFixed(1).replace(/\.0$/, '')

/** What was spent in dollars; `>` before it where some prices are not known, nothing where none is. */
export const costText = ({ spent }: Pick<State, 'spent'>): string | undefined => {
  const known = spent.flatMap(({ cost }) => (cost === undefined ? [] : [cost]))
  if (known.length === 0) return undefined
  const total = known.reduce((sum, cost) => sum + cost, 0)
  if (total > 0 && total < 0.001) return '<$0.001'
  return `${known.length < spent.length ? '>' : ''}$${total.toFixed(total < 1 ? 3 : 2)}`
}

/** What `/cost` says: a line a model, then all of it. */
export const costLines = (state: State): string => {
  if (state.spent.length === 0) return 'Nothing has been spent yet.'
  const lines = state.spent.map(({ model, usage, cost, calls }) => {
    const { input, cacheRead, cacheWrite, output } = usage
    const cached = cacheRead + cacheWrite > 0 ? `, cache ${short(cacheRead)} read ${short(cacheWrite)} written` : ''
    const price = cost === undefined ? 'price unknown' : `$${cost.toFixed(4)}`
    return `${model}: ${calls} calls, ${short(input)} in${cached}, ${short(output)} out, ${price}`
  })
  const total =
    state.spent.length > 1 ? [`all: ${short(tokensOf(state))} tokens, ${costText(state) ?? 'price unknown'}`] : []
  return [...lines, ...total, `context: ${short(state.context)} tokens`].join('\n')
}
