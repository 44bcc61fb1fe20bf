import { lanesIn } from '../view/lanes.ts'
import { clippedTo, duration } from '../view/layout.ts'
import { promptTokens } from '../view/spent.ts'
import type { Effect, Lane, Turn } from '../view/transcript.ts'
import { callText, contentText, effectText, wordsOf } from '../view/words.ts'
import { type Html, html } from './html.ts'

/** A colour class for each agent, in the order in which they come. */
export type Colours = (agent: string) => string

const rowHeight = 34
const labels = 150
/** A mark is so wide, or narrower where there are very many. */
const widest = 28
const narrowest = 5

/**
 * Who did what when: a row a conversation, a column a crossing in the order in which they were asked for. A model call is
 * a bar as high as its answer is long; a cassette knows no other times than those in which answers streamed in.
 */
export const timeline = (lanes: readonly Lane[], colours: Colours): Html => {
  const rows = lanes.flatMap(lanesBelow)
  const marks = rows.flatMap((lane, row) => lane.items.flatMap(item => marksIn(item, row, colours)))
  const columns = new Map(
    marks
      .map(({ id }) => id)
      .toSorted((a, b) => a - b)
      .map((id, index) => [id, index]),
  )
  const step = Math.max(narrowest, Math.min(widest, 900 / Math.max(1, columns.size)))
  const width = labels + columns.size * step + 10
  const height = rows.length * rowHeight + 6
  return html`<div class="wide"><svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="timeline">
${rows.map((lane, row) => railHtml(lane, row, { width, colours }))}
${marks.map(mark => markHtml(mark, labels + (columns.get(mark.id) ?? 0) * step, step))}
</svg></div>`
}

export const lanesBelow = (lane: Lane): Lane[] => [lane, ...lane.items.flatMap(lanesIn).flatMap(lanesBelow)]

type Mark = {
  readonly id: number
  readonly row: number
  readonly kind: string
  readonly size: number
  readonly title: string
  readonly colour: string
}

const marksIn = (item: Turn | Effect | Lane, row: number, colours: Colours): Mark[] => {
  if (item.type === 'lane') return []
  if (item.type === 'effect') return [effectMark(item, row, colours)]
  const { id, agent, usage, milliseconds, problem, calls } = item
  const title = `${id} · ${agent}: ${problem ?? wordsOf(item) ?? calls.map(callText).join(', ')} (${promptTokens(usage)}+${usage.output} tokens, ${duration(milliseconds)})`
  const kind = problem === undefined ? 'model' : 'problem'
  const results = calls.flatMap(({ result, question }) => [
    ...(question ? [question] : []),
    ...(result && result.id !== id ? [result] : []),
  ])
  return [
    { id, row, kind, size: Math.min(1, 0.25 + Math.log10(1 + usage.output) / 4), title, colour: colours(agent) },
    ...results.map(result => effectMark(result, row, colours)),
  ]
}

const effectMark = (effect: Effect, row: number, colours: Colours): Mark => {
  const { id, kind, problem, agent, name, answer } = effect
  const shape = problem === undefined ? (kind === 'tool' || kind === 'message' ? kind : 'other') : 'problem'
  const text = kind === 'tool' ? `${name}: ${problem ?? contentText(answer)}` : effectText(effect)
  return { id, row, kind: shape, size: kind === 'tool' ? 0.4 : 0.25, title: `${id} · ${text}`, colour: colours(agent) }
}

const railHtml = (lane: Lane, row: number, { width, colours }: { width: number; colours: Colours }): Html => {
  const y = (row + 1) * rowHeight - 4
  const name = clippedTo(lane.agents.join(' → ') || lane.lane, 20)
  return html`<line class="rail" x1="${labels - 4}" x2="${width}" y1="${y}" y2="${y}"/><text class="${colours(lane.agents[0] ?? '')}" x="0" y="${y - 3}">${name}</text>
`
}

const markHtml = ({ id, row, kind, size, title, colour }: Mark, x: number, step: number): Html => {
  const height = Math.round(size * (rowHeight - 8))
  const y = (row + 1) * rowHeight - 4 - height
  return html`<a href="#i${id}" class="${colour}"><rect class="${kind}" x="${x.toFixed(1)}" y="${y}" width="${Math.max(3, step - 3).toFixed(1)}" height="${height}" rx="1.5"><title>${clippedTo(title, 160)}</title></rect></a>
`
}
