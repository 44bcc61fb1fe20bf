import { isJsonObject, type Json } from '../../core/json.ts'
import { entryText } from '../file/yaml-write.ts'
import { count, dollars, duration, thousands } from './layout.ts'
import { promptTokens, type Spent } from './spent.ts'
import type { Call, Effect, Turn } from './transcript.ts'

/** A value as a person reads it: text as it is, anything else in the YAML of cassettes. */
export const readable = (value: Json): string => (typeof value === 'string' ? value : entryText(value, -2).trim())

/** `name(key: "value", other: 3)`. */
export const callText = ({ name, input }: Pick<Call, 'name' | 'input'>): string => {
  if (!isJsonObject(input)) return `${name}(${JSON.stringify(input)})`
  const fields = Object.entries(input).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  return `${name}(${fields.join(', ')})`
}

/** What a tool gave back, or a person said, as text; files by their kinds and names. */
export const contentText = (content: Json): string =>
  Array.isArray(content) ? content.map(part => partText(part as Json)).join('\n') : readable(content)

const partText = (part: Json): string => {
  if (!isJsonObject(part)) return readable(part)
  const { type, text, mediaType, name, data } = part
  if (type === 'text' && typeof text === 'string') return text
  if (type !== 'file' || typeof data !== 'string') return readable(part)
  return `(${[name, mediaType, `${thousands(Math.floor((data.length * 3) / 4))} bytes`].filter(Boolean).join(', ')})`
}

type Words = (effect: Effect) => string

/** Each kind of crossing that is no model call, in a few words and what came of it. */
const words: Readonly<Record<string, Words>> = {
  message: ({ name, asked }) => `${name}: ${contentText(asked)}`,
  interruption: ({ name }) => `${name} interrupted the turn`,
  setting: ({ name, answer }) => `${name} sets ${settingText(answer)}`,
  fact: ({ name, answer }) => `reads ${name}: ${contentText(answer)}`,
  hook: ({ name, asked, answer }) =>
    `the hooks of ${hookText(name, asked)} say ${verdictText(answer)}${toldText(answer)}`,
  stop: ({ name, answer }) => (name === 'background' ? 'it is stopped' : `the run is stopped: ${contentText(answer)}`),
  compact: () => 'the conversation is too long, and is summed up',
  permission: ({ answer }) => `the rules say ${verdictText(answer)}`,
  question: ({ answer }) => `the person says ${verdictText(answer)}`,
  tool: ({ name, asked, answer }) => `${callText({ name, input: asked })} = ${contentText(answer)}`,
}

export const effectText = (effect: Effect): string => {
  const { kind, name, answer } = effect
  return words[kind]?.(effect) ?? `${kind} ${name}: ${contentText(answer)}`
}

/** `models: root=openai/gpt-4o, thinking: high`. */
const settingText = (answer: Json): string =>
  isJsonObject(answer)
    ? Object.entries(answer)
        .map(([name, value]) => `${name}: ${[value].flat().join(', ')}`)
        .join(', ')
    : readable(answer)

/** `pre_tool_use shell(cmd: "ls")`, or the moment alone. */
const hookText = (name: string, asked: Json): string => {
  if (!isJsonObject(asked) || typeof asked['tool'] !== 'string') return name
  return `${name} ${callText({ name: asked['tool'], input: asked['input'] ?? {} })}`
}

/** `deny (shell:rm*): the rule's reason`. */
const verdictText = (answer: Json): string => {
  if (!isJsonObject(answer)) return readable(answer)
  const { verdict = answer['decision'] ?? 'nothing', rule, reason, allow, input } = answer
  const agreed = allow !== undefined && isJsonObject(allow) ? `, and allows ${readable(allow['rules'] ?? '')}` : ''
  const changed = input === undefined ? '' : `, with ${JSON.stringify(input)}`
  return `${verdict}${agreed}${changed}${rule ? ` (${rule})` : ''}${reason ? `: ${reason}` : ''}`
}

/** What hooks had to tell the model and the person. */
const toldText = (answer: Json): string => {
  if (!isJsonObject(answer)) return ''
  const { context, notices } = answer
  const told = (Array.isArray(notices) ? notices : []).map(notice => (isJsonObject(notice) ? notice['text'] : notice))
  return [
    ...(context === undefined ? [] : [`, and tell the model ${JSON.stringify(context)}`]),
    ...told.map(text => `, and tell you ${JSON.stringify(text)}`),
  ].join('')
}

export const verdictOf = ({ answer }: Effect): string | undefined =>
  isJsonObject(answer) && typeof answer['verdict'] === 'string' ? answer['verdict'] : undefined

/** Tokens, dollars and time, as far as they are known. */
export const spentText = ({ usage, cost, unpriced, milliseconds }: Spent): string => {
  const cached = usage.cacheRead > 0 ? ` (${thousands(usage.cacheRead)} cached)` : ''
  return [
    `${thousands(promptTokens(usage))} tokens in${cached}, ${thousands(usage.output)} out`,
    ...(cost > 0 || unpriced === 0 ? [dollars(cost)] : []),
    ...(unpriced > 0 ? [`${count(unpriced, 'call')} of unknown price`] : []),
    ...(milliseconds > 0 ? [`${duration(milliseconds)} of streaming`] : []),
  ].join(' · ')
}

/** The same in as few letters as there are: for a column beside others. */
export const briefSpentText = ({
  usage,
  cost,
  unpriced,
  milliseconds,
}: Omit<Spent, 'modelCalls' | 'toolCalls'>): string =>
  [
    `${thousands(promptTokens(usage))}+${thousands(usage.output)} tokens`,
    ...(cost > 0 || unpriced === 0 ? [dollars(cost)] : []),
    ...(milliseconds > 0 ? [duration(milliseconds)] : []),
  ].join(' ')

/** What one model call took, in short. */
export const turnSpentText = ({ said, usage, cost }: Turn): string =>
  said ? briefSpentText({ usage, cost: cost ?? 0, unpriced: cost === undefined ? 1 : 0, milliseconds: 0 }) : ''

/** What a turn says, marked where it is said to nobody; nothing where it has no words. */
export const wordsOf = ({ said, isSummary }: Pick<Turn, 'said' | 'isSummary'>): string | undefined =>
  said?.text !== undefined && isSummary ? `sums up: ${said.text}` : said?.text

/** Where words are wanted and a model said none: why it stopped. */
export const silence = ({ said }: Pick<Turn, 'said'>): string => (said ? `(no words: ${said.stop})` : '(no answer)')
