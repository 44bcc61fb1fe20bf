import type { AgentConfig } from '../config/schema.ts'
import type { ContentPart } from '../core/message.ts'

/**
 * `/name rest` as the agent's command of that name says it: its instruction, with `${args}` and `${args[0]}` filled in,
 * or with the rest behind it where it takes no arguments. Anything else is said as it is.
 */
export const commandText = (
  content: readonly ContentPart[],
  commands: AgentConfig['commands'],
): readonly ContentPart[] =>
  content.map(part => (part.type === 'text' ? { ...part, text: expanded(part.text, commands ?? {}) } : part))

const expanded = (text: string, commands: NonNullable<AgentConfig['commands']>): string => {
  const [, name = '', rest = ''] = /^\/(\S+)\s*([\s\S]*)$/.exec(text) ?? []
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command?.instruction) return text
  const words = rest.split(/\s+/).filter(word => word !== '')
  const filled = command.instruction
    .replace(/\$\{args\[(\d+)\]\}/g, (_, index) => words[Number(index)] ?? '')
    .replace(/\$\{args(?:\.join\((?:" "|' ')\))?\}/g, () => rest)
  return filled === command.instruction && rest ? `${filled} ${rest}` : filled
}
