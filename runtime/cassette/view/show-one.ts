import type { Interaction } from '../../core/cassette.ts'
import type { Json } from '../../core/json.ts'
import type { Conversation } from '../../core/protocol.ts'
import { bytesOf } from '../file/body.ts'
import type { OpenCassette } from '../file/file.ts'
import { conversationOf } from '../match/request.ts'
import { definitionOf } from './asked.ts'
import { callBefore, changesIn, partsText, type Section, sharesText } from './changes.ts'
import { count, duration, visible, wrapped } from './layout.ts'
import { parametersOf } from './parameters.ts'
import { labelled, type Page } from './show.ts'
import { isModelCall, type Reading, type Turn, turnOf } from './transcript.ts'
import { callText, contentText, readable, spentText } from './words.ts'

export type Shown = Page & {
  readonly reading: Reading
  readonly view: View
}

/**
 * As a person reads it; the bodies as they were on the wire; one after the other; or, of a model call, what its request
 * has that the one before it in the conversation had not.
 */
export type View = 'read' | 'wire' | 'both' | 'changes'

/** One interaction in full: who asked what of whom, the whole request however it is stored, what was said, and the answer's head. */
export const interactionText = async (cassette: OpenCassette, id: number, page: Shown): Promise<string> => {
  const interaction = cassette.load(id)
  const turn = isModelCall(interaction) ? await turnOf(interaction, page.reading) : undefined
  const before = page.view === 'changes' && turn ? callBefore(cassette, interaction, page.reading) : undefined
  const { facts, sections } = before
    ? changesIn(interaction, before, page.reading)
    : { facts: page.view === 'changes' && turn ? [isFirst] : [], sections: sectionsIn(interaction, turn, page) }
  return [
    ...headLines(interaction, turn, page, facts),
    ...[...sections, ...(before && turn ? saidSections(turn) : [])].flatMap(section => sectionLines(section, page)),
    '',
  ].join('\n')
}

const isFirst = ['against', 'nothing: it is the first request of its conversation'] as const

const sectionsIn = (interaction: Interaction, turn: Turn | undefined, page: Shown): Section[] => {
  const read = () => (turn ? modelSections(interaction, turn, page) : effectSections(interaction))
  return [...(page.view === 'wire' ? [] : read()), ...(/wire|both/.test(page.view) ? wireSections(interaction) : [])]
}

const wireSections = ({ request, response }: Interaction): Section[] => [
  { title: 'request, as it was sent', lines: JSON.stringify(request.body, null, 2).split('\n') },
  { title: 'response, as it came', lines: bytesOf(response).toString('utf8').split('\n') },
]

/** Bytes are printed as they are, to be copied; where nothing else is looked at, they are to be read. */
const sectionText = (section: Section, width: number, view: View): string[] => {
  if ('text' in section) return wrapped(section.text.trimEnd(), width)
  return view === 'wire' ? section.lines.flatMap(line => wrapped(line, width)) : section.lines.map(visible)
}

const sectionLines = (section: Section, { style, width, view }: Shown): string[] => [
  '',
  style.faint(`── ${section.title} ${'─'.repeat(Math.max(3, width - section.title.length - 4))}`),
  ...sectionText(section, width, view),
]

const headLines = (
  interaction: Interaction,
  turn: Turn | undefined,
  page: Shown,
  more: readonly (readonly [name: string, text: string])[],
): string[] => {
  const { id, agent, lane, request, response, state } = interaction
  const { method, url, provider, protocol } = request
  const facts = [
    ['asked by', agent && agent !== lane ? `${agent}, in ${lane}` : lane],
    ['asked', `${method} ${url}`],
    ['of', [provider, protocol].filter(Boolean).join(', speaking ')],
    ['answered', answeredText(response)],
    ['came in', turn ? cameInText(response.chunks, turn) : ''],
    ['spent', turn?.said ? spentText(spentIn(turn)) : ''],
    ['context', turn ? sharesText(conversationOf(request, page.reading.protocols)) : ''],
    ['problem', turn?.problem ?? response.error?.message],
    ['advice', response.error?.hint],
    ['state', state],
    ...more,
  ] as const
  return [
    page.style.strong(`Interaction ${id}`),
    ...facts.flatMap(([name, text]) => (text ? labelled(name, text, page) : [])),
  ]
}

const answeredText = ({ status, headers = {} }: Interaction['response']): string =>
  [
    status === 0 ? 'not at all' : String(status),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ].join(', ')

const cameInText = (chunks: string | undefined, turn: Turn): string => {
  const pieces = chunks === undefined || chunks === '' ? 0 : chunks.split(' ').length
  return pieces === 0 ? '' : `${count(pieces, 'piece')} over ${duration(turn.milliseconds)}`
}

const spentIn = ({ usage, cost }: Turn) => ({
  modelCalls: 1,
  toolCalls: 0,
  usage,
  cost: cost ?? 0,
  unpriced: cost === undefined ? 1 : 0,
  milliseconds: 0,
})

const modelSections = ({ request, response }: Interaction, turn: Turn, { reading }: Shown): Section[] => {
  const conversation = conversationOf(request, reading.protocols)
  return [
    ...(conversation ? requestSections(request, conversation, reading) : [bodySection('request', request.body)]),
    ...saidSections(turn),
    ...(turn.said ? [] : [bodySection('response', bytesOf(response).toString('utf8'))]),
  ]
}

const requestSections = (request: Interaction['request'], conversation: Conversation, reading: Reading): Section[] => {
  const { system, tools, turns } = conversation
  const parameters = parametersOf(request, reading.protocols)
  return [
    ...system.map((text, index) => ({ title: numbered('instruction', index, system.length), text })),
    ...(tools.length > 0 ? [{ title: 'tools', text: tools.map(toolText).join('\n') }] : []),
    ...(Object.keys(parameters).length > 0 ? [{ title: 'parameters', text: readable(parameters) }] : []),
    ...turns.map(({ role, content }, index) => ({ title: `turn ${index + 1}: ${role}`, text: partsText(content) })),
  ]
}

const numbered = (title: string, index: number, of: number): string =>
  of === 1 ? title : `${title} ${index + 1} of ${of}`

const toolText = (tool: Conversation['tools'][number]): string => {
  const description = definitionOf(tool).description.split('\n')[0]
  return `- ${tool.name}${description ? `: ${description}` : ''}`
}

const saidSections = ({ said, isSummary, calls }: Turn): Section[] => {
  if (!said) return []
  const asked = calls.map(call => `→ ${callText(call)}`)
  const text = [
    ...(said.text === undefined ? [] : [said.text]),
    ...asked,
    ...(said.stop === 'end' ? [] : [`(${said.stop})`]),
  ]
  return [
    ...(said.reasoning ? [{ title: 'thought', text: said.reasoning }] : []),
    { title: isSummary ? 'summed up' : 'said', text: text.join('\n') },
  ]
}

const effectSections = ({ request, response }: Interaction): Section[] => [
  ...(request.body === null ? [] : [{ title: 'asked', text: contentText(request.body) }]),
  ...(response.body === undefined || response.body === null ? [] : [bodySection('answered', response.body)]),
]

const bodySection = (title: string, body: Json): Section => ({ title, text: contentText(body) })
