import type { Message } from '../../core/message.ts'
import type { Equipment } from '../../team/open.ts'
import { short } from '../state/spent.ts'

/** Tokens of a text, by the rule of thumb that holds for English and code within a quarter or so. */
const tokensIn = (text: string): number => Math.ceil(text.length / 4)

/** What fills the window of a model: shares by size, of the `known` tokens of the last answer where there was one. */
export const contextLines = (
  { instructions, tools }: Equipment,
  messages: readonly Message[],
  { context: known, window }: { readonly context: number; readonly window: number | undefined },
): string => {
  const parts: (readonly [string, number])[] = [
    ['instructions', tokensIn(instructions.join('\n'))],
    [`${tools.length} tools`, tokensIn(JSON.stringify(tools))],
    ['what you said', sizeOf(messages, 'user')],
    ['what the agent said', sizeOf(messages, 'assistant')],
    ['results of tools', sizeOf(messages, 'tool')],
  ]
  const all = parts.reduce((sum, [, tokens]) => sum + tokens, 0)
  const lines = parts.map(([name, tokens]) => {
    const share = all === 0 ? 0 : tokens / all
    const bar = '█'.repeat(Math.round(share * 20)).padEnd(20, '·')
    return `${bar} ${`${Math.round(share * 100)}%`.padStart(4)} ${name} (about ${short(tokens)})`
  })
  const total = known > 0 ? `${short(known)} tokens in the last answer` : `about ${short(all)} tokens`
  const room = window === undefined ? '' : `, of ${short(window)} that it reads`
  return [...lines, `${total}${room}; the parts are estimated`].join('\n')
}

/** Files are bytes and no text: how many tokens they take, only the model knows. */
const sizeOf = (messages: readonly Message[], role: Message['role']): number => {
  const own = messages.filter(message => message.role === role)
  return own.length === 0 ? 0 : tokensIn(JSON.stringify(own, (key, value) => (key === 'data' ? '' : value)))
}
