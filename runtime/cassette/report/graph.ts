import { lanesIn } from '../view/lanes.ts'
import { clippedTo, count } from '../view/layout.ts'
import type { Lane } from '../view/transcript.ts'
import { briefSpentText } from '../view/words.ts'
import { type Html, html } from './html.ts'
import type { Colours } from './timeline.ts'

const box = { width: 220, height: 64 }
const gap = { width: 70, height: 16 }

/** A conversation at its place in the picture. `y` is that of its middle. */
type Node = { readonly lane: Lane; readonly x: number; readonly y: number; readonly below: readonly Node[] }

/** Who gave tasks to whom, from left to right, each with what it took. Nothing where nobody gave any. */
export const delegationGraph = (lanes: readonly Lane[], colours: Colours): Html | undefined => {
  if (lanes.length === 1 && lanes[0]?.items.flatMap(lanesIn).length === 0) return undefined
  const placed = placedNodes(lanes)
  const nodes = placed.nodes.flatMap(all)
  const width = Math.max(...nodes.map(({ x }) => x)) + box.width + 4
  const height = placed.rows * (box.height + gap.height)
  return html`<div class="wide"><svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="delegation">
${nodes.flatMap(node => node.below.map(other => edgeHtml(node, other)))}
${nodes.map(node => nodeHtml(node, colours))}
</svg></div>`
}

/** Each leaf has a row of its own; whoever gave tasks stands in the middle of those who got them. */
const placedNodes = (lanes: readonly Lane[]): { nodes: Node[]; rows: number } => {
  let rows = 0
  const place = (lane: Lane, depth: number): Node => {
    const below = lane.items.flatMap(lanesIn).map(inner => place(inner, depth + 1))
    const first = below[0]
    const last = below.at(-1)
    const y = first && last ? (first.y + last.y) / 2 : rows++ * (box.height + gap.height) + box.height / 2 + 2
    return { lane, x: 2 + depth * (box.width + gap.width), y, below }
  }
  return { nodes: lanes.map(lane => place(lane, 0)), rows }
}

const all = (node: Node): Node[] => [node, ...node.below.flatMap(all)]

const edgeHtml = (from: Node, to: Node): Html => {
  const start = from.x + box.width
  const middle = start + gap.width / 2
  return html`<path class="edge" d="M${start} ${from.y} C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}"/>
`
}

const nodeHtml = ({ lane, x, y }: Node, colours: Colours): Html => {
  const turns = lane.items.filter(({ type }) => type === 'turn').length
  const top = y - box.height / 2
  const { own } = lane
  const line = (text: string, at: number, classes = ''): Html =>
    html`<text class="${classes}" x="${x + 12}" y="${top + at}">${clippedTo(text, 32)}</text>`
  return html`<a href="#lane-${lane.lane}" class="${colours(lane.agents[0] ?? '')}"><rect class="card" x="${x}" y="${top}" width="${box.width}" height="${box.height}" rx="8"><title>${lane.lane}</title></rect>
${line(lane.agents.join(' → ') || lane.lane, 20)}${line(`${count(turns, 'turn')}, ${count(own.toolCalls, 'tool call')}`, 38, 'small')}${line(briefSpentText({ ...own, milliseconds: 0 }), 54, 'small')}</a>
`
}
