import type { Message } from '../../core/message.ts'
import type { Equipment } from '../../team/open.ts'
import { short } from '../state/spent.ts'

/** What fills the window of a model: shares by size, of the `known` tokens of the last answer where there was one. */
export const contextLines = async (
  { instructions, tools, sizes }: Equipment,
  messages: readonly Message[],
  { context: known, window }: { readonly context: number; readonly window: number | undefined },
): Promise<string> => {
  const said = (role: Message['role']) => sizes.text(textOf(messages.filter(message => message.role === role)))
  const ofTools = await Promise.all(tools.map(sizes.tool))
  const parts: (readonly [string, number])[] = [
    ['instructions', await sizes.text(instructions.join('\n\n'))],
    [`${tools.length} tools`, ofTools.reduce((sum, one) => sum + one, 0)],
    ['what you said', await said('user')],
    ['what the agent said', await said('assistant')],
    ['results of tools', await said('tool')],
  ]
  const all = parts.reduce((sum, [, tokens]) => sum + tokens, 0)
  const lines = parts.map(([name, tokens]) => {
    const share = all === 0 ? 0 : tokens / all
    const bar = '█'.repeat(Math.round(share * 20)).padEnd(20, '·')
    return `${bar} ${`${Math.round(share * 100)}%`.padStart(4)} ${name} (about ${short(tokens)})`
  })
  const used = known > 0 ? known : all
  const room = window === undefined ? '' : ` of ${short(window)}`
  const share = window === undefined ? '' : ` (${Math.ceil((100 * used) / window)}%)`
  const source = known > 0 ? ', as the model counted them in the last answer' : ', estimated'
  return [...lines, `${short(used)}${room} tokens${share}${source}`, sizes.note].join('\n')
}

/** Files are bytes and no text: how many tokens they take, only the model knows. */
const textOf = (messages: readonly Message[]): string =>
  messages.length === 0 ? '' : JSON.stringify(messages, (key, value) => (key === 'data' ? '' : value))
