import { visible } from '../cassette/view/layout.ts'
import type { RunEvent } from '../core/event.ts'
import { isJsonObject, type Json } from '../core/json.ts'
import { isOfUser, type ToolCall, textOf } from '../core/message.ts'
import type { TextOptions } from './print-text.ts'

/** From so many characters on the end of a line is not waited for. */
const longLine = 60

/** So many lines of a result are read out. */
const mostLines = 20

/**
 * Events as words in order, for whoever has them read out: whole lines, without signs, styles or pictures, and what a tool
 * answered not to its end.
 */
export const wordsPrinter = (options: Pick<TextOptions, 'hideToolCalls' | 'hideToolResults'>) => {
  const { hideToolCalls, hideToolResults } = options
  let speaker: string | undefined
  const { spoken, ended } = speech()
  /** Calls that have been told, by their paths. */
  const told = new Set<string>()

  const said = (agent: string, text: string): string => {
    const head = agent === speaker ? '' : `${ended()}\n${agent} says:\n`
    speaker = agent
    return head + spoken(text)
  }
  const called = (agent: string, call: ToolCall, how: string): string => {
    speaker = undefined
    return `\n${agent} ${how} ${call.name}.\n${argumentLines(call)}`
  }
  const call = ({ path, agent, call }: Extract<RunEvent, { type: 'tool-start' | 'tool-end' }>): string => {
    if (hideToolCalls || told.has(path.join('.'))) return ''
    told.add(path.join('.'))
    return called(agent, call, 'calls')
  }
  const responded = ({ call, result }: Extract<RunEvent, { type: 'tool-end' }>): string => {
    speaker = undefined
    return hideToolCalls || hideToolResults
      ? ''
      : `${call.name} ${result.error === undefined ? 'answers' : `did not go well (${result.error})`}:\n${resultLines(textOf(result.content))}`
  }
  const tellings: { readonly [T in RunEvent['type']]?: (event: Extract<RunEvent, { type: T }>) => string } = {
    message: ({ message, path, steers }) => {
      if (!isOfUser(message) || path.length > 0) return ''
      speaker = undefined
      return steers ? `\nYou say: ${visible(textOf(message.content))}\n` : ''
    },
    question: event => {
      told.add(event.path.join('.'))
      const why = [event.rule === undefined ? '' : `Asked because of the rule "${event.rule}".`, event.reason ?? '']
      const reasons = why.filter(text => text !== '').map(text => `${visible(text)}\n`)
      return `${called(event.agent, event.call, 'wants to call')}${reasons.join('')}May it? y for yes, n for no, a for yes to all `
    },
    answer: ({ answer, agent, call }) =>
      answers[answer.verdict] +
      (answer.allow ? `Allowed from now on: ${answer.allow.rules.join(', ')}\n` : '') +
      (answer.input ? called(agent, { ...call, input: answer.input }, 'calls').trimStart() : ''),
    'tool-start': call,
    'tool-end': event => call(event) + responded(event),
  }
  return (event: RunEvent): string => {
    if (event.type === 'text-delta') return said(event.agent, event.text)
    const tell = tellings[event.type] as ((event: RunEvent) => string) | undefined
    const before = ended()
    return before + (tell?.(event) ?? '')
  }
}

/** What comes in pieces of any size, told in lines, and long lines in parts that can be read. */
const speech = () => {
  /** The line that is being said, from where it has not been told yet, and whether it has begun. */
  let line = ''
  let isBegun = false
  /** Of a long line what is whole: a reader does well with sentences, and badly with parts of words. */
  const longPart = (): string => {
    const length = line.length < longLine ? 0 : (/^[\s\S]*[.!?;:]\s/.exec(line) ?? /^[\s\S]*\s/.exec(line))?.[0].length
    if (!length) return ''
    const part = line.slice(0, length)
    line = line.slice(length)
    isBegun = true
    return visible(part)
  }
  return {
    spoken: (text: string): string => {
      const lines = (line + text).split('\n')
      line = lines.pop() ?? ''
      if (lines.length > 0) isBegun = false
      return lines.map(one => `${visible(one)}\n`).join('') + longPart()
    },
    ended: (): string => {
      const rest = visible(line)
      const isOpen = isBegun || rest !== ''
      line = ''
      isBegun = false
      return isOpen ? `${rest}\n` : ''
    },
  }
}

const answers = { yes: 'Yes.\n', always: 'Yes, and from now on to all.\n', no: 'No.\n' }

/** Each argument a line; a text of several lines is told line by line below its name. */
const argumentLines = ({ input, invalid }: ToolCall): string => {
  if (invalid !== undefined) return `  ${visible(invalid)}\n`
  return Object.entries(input)
    .map(([name, value]) => {
      const text = visible(textOfValue(value))
      return text.includes('\n') ? `  ${name}:\n${indented(text, '    ')}` : `  ${name}: ${text}\n`
    })
    .join('')
}

const textOfValue = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))

const indented = (text: string, gap: string): string => `${text.trimEnd().replace(/^/gm, gap)}\n`

const resultLines = (text: string): string => {
  const lines = visible(wordsOf(text)).trimEnd().split('\n')
  const more = lines.length - mostLines
  const shown = more > 1 ? [...lines.slice(0, mostLines), `and ${more} more lines.`] : lines
  return indented(shown.join('\n') || '(nothing)', '  ')
}

/** The fields of a JSON object are told as arguments are. */
const wordsOf = (text: string): string => {
  if (!/^\s*\{/.test(text)) return text
  try {
    const value = JSON.parse(text) as Json
    if (!isJsonObject(value)) return text
    return Object.entries(value)
      .map(([name, field]) => `${name}: ${textOfValue(field)}`)
      .join('\n')
  } catch {
    return text
  }
}
