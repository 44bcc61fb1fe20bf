import { widthOf } from '../../core/width.ts'
import { lanesIn } from './lanes.ts'
import { clippedTo, count, padStart, type Style, visible, wrapped } from './layout.ts'
import type { Spent } from './spent.ts'
import type { Call, Effect, Lane, Transcript, Turn } from './transcript.ts'
import {
  briefSpentText,
  callText,
  contentText,
  effectText,
  silence,
  spentText,
  turnSpentText,
  verdictOf,
  wordsOf,
} from './words.ts'

/** How text is set off, and how many columns there are. */
export type Page = { readonly style: Style; readonly width: number }

/** A cassette at a glance: what it is, what it took, and who said and did what, a line each, tasks below their calls. */
export const overviewText = (transcript: Transcript, page: Page): string =>
  [
    ...headLines(transcript, page),
    '',
    ...transcript.lanes.flatMap(lane => laneLines(lane, { ...page, bars: '' })),
    '',
  ].join('\n')

const headLines = ({ cassette, lanes, spent }: Transcript, page: Page): string[] => {
  const { path, header, note, entries } = cassette
  const agents = new Set(lanes.flatMap(agentsIn))
  const facts = [
    ['recorded', recordedText(header)],
    ['agent file', header.agent?.path],
    ['arguments', header.arguments?.join(' ')],
    ['holds', holdsText(entries.length, agents.size, spent)],
    ['spent', spentText(spent)],
    ['note', header.note],
    ['beware', note],
  ] as const
  return [
    page.style.strong(visible(path)),
    ...facts.flatMap(([name, text]) => (text ? labelled(name, text, page) : [])),
  ]
}

/** To the minute: nobody asks for more. */
export const recordedText = ({ recorded, reprise, imported }: Transcript['cassette']['header']): string => {
  const time = String(recorded).replace(/T(\d\d:\d\d)\S*Z$/, ' $1 UTC')
  if (imported !== undefined) return `${time}, imported from ${imported}`
  return reprise === 'foreign' ? `${time}, not by Reprise` : `${time}, by Reprise ${reprise}`
}

export const holdsText = (interactions: number, agents: number, { modelCalls, toolCalls }: Spent): string =>
  [
    count(interactions, 'interaction'),
    count(modelCalls, 'model call'),
    count(toolCalls, 'tool call'),
    ...(agents > 0 ? [count(agents, 'agent')] : []),
  ].join(', ')

const labelWidth = 12

/** A name and a text beside it, over as many lines as that takes. */
export const labelled = (name: string, text: string, { style, width }: Page): string[] =>
  wrapped(text, width - labelWidth - 2).map(
    (line, index) => `  ${style.faint((index === 0 ? name : '').padEnd(labelWidth))}${line}`,
  )

const agentsIn = (lane: Lane): string[] => [...lane.agents, ...lane.items.flatMap(lanesIn).flatMap(agentsIn)]

/** `bars` stand before each line of a task that was given: one for each giver above. */
type Place = Page & { readonly bars: string }

const bar = '     │ '
const deeper = (place: Place): Place => ({ ...place, bars: place.bars + bar })

const laneLines = (lane: Lane, place: Place): string[] => {
  const { style, bars, width } = place
  const right = briefSpentText(lane.spent)
  const who = clippedTo(lane.agents.join(', ') || lane.lane, width - widthOf(bars) - widthOf(right) - 4)
  const turns = lane.items.filter(item => item.type === 'turn')
  const models = [...new Set(turns.map(({ model }) => model))].join(', ')
  const room = width - widthOf(bars) - widthOf(who) - widthOf(right) - 4
  const what = clippedTo(`${models} · ${count(turns.length, 'turn')}`, room)
  const gap = ' '.repeat(Math.max(1, room - widthOf(what) + 2))
  return [
    `${style.faint(bars)}${style.strong(who)}  ${style.faint(`${what}${gap}${right}`)}`,
    ...lane.items.flatMap(item => itemLines(item, place)),
  ]
}

const itemLines = (item: Turn | Effect | Lane, place: Place): string[] => {
  if (item.type === 'lane') return laneLines(item, deeper(place))
  return item.type === 'turn' ? turnLines(item, place) : effectLines(item, place)
}

/** One line of the tree: the number to ask for it by, what it is, and on the right what it took. */
type Row = { readonly id?: number; readonly text: string; readonly mark?: keyof Style; readonly right?: string }

const rowLine = ({ id, text, mark, right = '' }: Row, { style, bars, width }: Place): string => {
  const room = width - widthOf(bars) - 5 - (right ? widthOf(right) + 2 : 0)
  const shown = clippedTo(text, room)
  const gap = right ? ' '.repeat(room - widthOf(shown) + 2) : ''
  const number = padStart(id === undefined ? '' : String(id), 4)
  return `${style.faint(`${bars}${number} `)}${mark ? style[mark](shown) : shown}${gap}${style.faint(right)}`
}

const turnLines = (turn: Turn, place: Place): string[] => {
  const { id, calls, problem } = turn
  const right = turnSpentText(turn)
  const words = wordsOf(turn) ?? (calls.length > 0 || problem !== undefined ? undefined : silence(turn))
  const rows: Row[] = [
    ...(words === undefined ? [] : [{ text: words }]),
    ...(problem === undefined ? [] : [{ text: `! ${problem}`, mark: 'warning' as const }]),
  ]
  const [first, ...rest] = rows
  if (!first) return calls.flatMap((call, index) => callLines(call, index === 0 ? { id, right } : {}, place))
  return [
    ...[{ ...first, id, right }, ...rest].map(row => rowLine(row, place)),
    ...calls.flatMap(call => callLines(call, {}, place)),
  ]
}

const callLines = (call: Call, head: Pick<Row, 'id' | 'right'>, place: Place): string[] => {
  const { permission, question, result, lane } = call
  return [
    rowLine({ ...head, text: `→ ${callText(call)}`, mark: 'name' }, place),
    ...(permission && verdictOf(permission) !== 'allow' ? effectLines(permission, place) : []),
    ...(question ? effectLines(question, place) : []),
    ...(lane ? laneLines(lane, deeper(place)) : []),
    ...(result ? [resultLine(result, place)] : []),
  ]
}

const resultLine = ({ id, answer, problem }: Effect, place: Place): string =>
  problem === undefined
    ? rowLine({ id, text: `= ${contentText(answer)}` }, place)
    : rowLine({ id, text: `! ${problem}: ${contentText(answer)}`, mark: 'warning' }, place)

const effectLines = (effect: Effect, place: Place): string[] => {
  const { id, kind, name, problem } = effect
  if (problem !== undefined) return [rowLine({ id, text: `! ${kind} ${name}: ${problem}`, mark: 'warning' }, place)]
  return [rowLine({ id, text: effectText(effect), mark: kind === 'message' ? 'strong' : 'faint' }, place)]
}
