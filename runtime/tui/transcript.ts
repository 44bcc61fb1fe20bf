import { isOfUser, type Message, sayerOf, textOf } from '../core/message.ts'
import { oneLine, shortArguments } from './view/calls.ts'

/** A conversation as a page of Markdown. */
export const markdownOf = (messages: readonly Message[], agent: string): string =>
  `${messages
    .map(message => sectionOf(message, agent))
    .filter(text => text !== '')
    .join('\n\n')}\n`

const sectionOf = (message: Message, agent: string): string => {
  if (message.role === 'user') {
    const files = message.content.flatMap(part => (part.type === 'file' ? [`*[${part.name ?? part.mediaType}]*`] : []))
    return [isOfUser(message) ? '## You' : `## (${sayerOf(message)})`, textOf(message.content), ...files].join('\n\n')
  }
  if (message.role === 'tool')
    return message.results
      .map(({ name, content, error }) => {
        const text = textOf(content).trim()
        const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length + 1)))
        return `**${name}**${error ? ` (${error})` : ''}\n\n${fence}\n${text}\n${fence}`
      })
      .join('\n\n')
  const parts = message.content.flatMap(part => {
    if (part.type === 'text') return [part.text.trim()]
    return part.type === 'tool-call' ? [`→ **${part.name}** ${oneLine(shortArguments(part))}`] : []
  })
  return [`## ${agent}`, ...parts].join('\n\n')
}

/** The messages as they are. */
export const jsonOf = (messages: readonly Message[]): string => `${JSON.stringify(messages, null, 2)}\n`
