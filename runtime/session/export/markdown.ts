import { type ContentPart, textOf } from '../../core/message.ts'
import type { Called, Outline, Said } from '../outline.ts'
import { factsOf } from './facts.ts'

/** A session as Markdown: what was said as it is, calls and results in fences. */
export const markdownOf = (outline: Outline): string =>
  [
    `# ${line(outline.head.title)}`,
    factsOf(outline.head)
      .map(([name, value]) => `- ${name}: ${line(value)}`)
      .join('\n'),
    ...outline.talk.map(said => saidText(said, 2)),
    '',
  ].join('\n\n')

const line = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Headings of Markdown have six levels. */
const heading = (level: number): string => '#'.repeat(Math.min(level, 6))

const saidText = (said: Said, level: number): string =>
  [
    `${heading(level)} ${said.speaker === 'user' ? 'User' : line(said.speaker)}`,
    ...(said.thoughts.trim() === '' ? [] : [quoted(said.thoughts.trim())]),
    ...contentTexts(said.content),
    ...(said.isPartial ? ['*(cut off)*'] : []),
    ...said.calls.map(called => calledText(called, level + 1)),
  ].join('\n\n')

const quoted = (text: string): string =>
  text
    .split('\n')
    .map(one => `> ${one}`.trimEnd())
    .join('\n')

const contentTexts = (content: readonly ContentPart[]): string[] =>
  content.flatMap(part => {
    if (part.type === 'text') return part.text.trim() === '' ? [] : [part.text]
    const name = line(part.name ?? part.mediaType).replace(/[[\]()]/g, '')
    return part.mediaType.startsWith('image/')
      ? [`![${name}](data:${part.mediaType};base64,${part.data})`]
      : [`*(file: ${name}, ${part.mediaType})*`]
  })

const calledText = ({ call, result, talk }: Called, level: number): string =>
  [
    `**${line(call.name)}**`,
    fenced(call.invalid ?? JSON.stringify(call.input, null, 2), 'json'),
    ...talk.map(said => saidText(said, level)),
    ...(result ? [`${result.error ? `*${result.error}*` : '*result*'}`, fenced(textOf(result.content))] : []),
    ...contentTexts(result?.content.filter(({ type }) => type === 'file') ?? []),
  ].join('\n\n')

/** A fence that is longer than any in the text. */
const fenced = (text: string, language = ''): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}
