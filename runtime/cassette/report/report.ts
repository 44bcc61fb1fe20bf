import { hash } from 'node:crypto'
import { basename } from 'node:path'
import { type Asked, askedIn } from '../view/asked.ts'
import { count, dollars, duration, thousands } from '../view/layout.ts'
import { holdsText, recordedText } from '../view/show.ts'
import { promptTokens, type Spent } from '../view/spent.ts'
import type { Lane, Reading, Transcript, Turn } from '../view/transcript.ts'
import { dataOf } from './data.ts'
import { delegationGraph } from './graph.ts'
import { type Html, html } from './html.ts'
import { laneHtml } from './items.ts'
import { preformatted } from './markdown.ts'
import { script } from './script.ts'
import { style } from './style.ts'
import { type Colours, lanesBelow, timeline } from './timeline.ts'

/**
 * A recording as one page for a browser. It holds all it needs, and its policy forbids the rest: no host is asked, and
 * of all scripts only the one below runs, whatever stands in the recording.
 */
export const reportPage = (transcript: Transcript, reading: Reading): string => {
  const { cassette, lanes, spent } = transcript
  const name = basename(cassette.path)
  const colours = coloursOf(lanes.flatMap(lanesBelow))
  const graph = delegationGraph(lanes, colours)
  const news = newsOf(askedIn(transcript, reading))
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${name}</title><style>${{ html: style }}</style></head>
<body>
<div class="bar"><b>${name}</b><span id="found" aria-live="polite"></span><input id="search" type="search" placeholder="search  /" aria-label="search"><button id="keys" type="button">keys ?</button></div>
<header class="top"><h1>${name}</h1>${factsHtml(transcript)}${sumsHtml(spent)}</header>
<main>
<h2>Timeline</h2>${timeline(lanes, colours)}
<p class="legend">In the order of asking. A filled bar is a model call, as high as its answer is long; a frame is a tool call, a low filled mark what the user said. Times of asking are not recorded.</p>
${graph && html`<h2>Delegation</h2>${graph}`}
<h2>Costs</h2>${costsHtml(lanes.flatMap(lanesBelow), spent)}
<h2>Conversation</h2><noscript><p class="warning">Without scripts, requests and responses are not shown.</p></noscript>
${lanes.map(lane => laneHtml(lane, { cassette, colours, news }))}
</main>
${helpHtml}
${dataOf(cassette)}
<script>${{ html: script }}</script>
</body></html>
`.html
  }`
}

const sha256 = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`

const policy = `default-src 'none'; script-src ${sha256(script)}; style-src ${sha256(style)}; img-src data:; base-uri 'none'; form-action 'none'`

const colourCount = 8

const coloursOf = (lanes: readonly Lane[]): Colours => {
  const agents = [...new Set(lanes.flatMap(({ agents }) => agents))]
  return agent => `c${Math.max(0, agents.indexOf(agent)) % colourCount}`
}

/** What an agent's model is asked with stands in each of its requests: it is shown where it is new. */
const newsOf = (askedOf: (turn: Turn) => Asked): ((turn: Turn) => Partial<Asked>) => {
  const told = new Map<string, Asked>()
  return turn => {
    const asked = askedOf(turn)
    const before = told.get(turn.agent)
    told.set(turn.agent, asked)
    return Object.fromEntries(
      Object.entries(asked).filter(([part, text]) => text !== (before?.[part as keyof Asked] ?? '')),
    )
  }
}

const factsHtml = ({ cassette, lanes, spent }: Transcript): Html => {
  const { header, note, entries } = cassette
  const agents = new Set(lanes.flatMap(lanesBelow).flatMap(({ agents }) => agents))
  const facts = [
    ['recorded', recordedText(header)],
    ['holds', holdsText(entries.length, agents.size, spent)],
    ['agent file', header.agent?.path],
    ['arguments', header.arguments?.join(' ')],
    ['note', header.note],
    ['beware', note],
  ] as const
  return html`<dl class="facts">${facts.map(([name, text]) => (text ? html`<dt>${name}</dt><dd>${text}</dd>` : html``))}</dl>
${header.agent?.content && html`<details><summary>the agent file, as it was</summary>${preformatted(header.agent.content)}</details>`}`
}

const sumsHtml = ({ modelCalls, toolCalls, usage, cost, unpriced, milliseconds }: Spent): Html => {
  const sums = [
    [thousands(modelCalls), 'model calls'],
    [thousands(toolCalls), 'tool calls'],
    [
      thousands(promptTokens(usage)),
      usage.cacheRead > 0 ? `tokens in, ${thousands(usage.cacheRead)} cached` : 'tokens in',
    ],
    [
      thousands(usage.output),
      usage.reasoning > 0 ? `tokens out, ${thousands(usage.reasoning)} thinking` : 'tokens out',
    ],
    [dollars(cost), unpriced > 0 ? `and ${count(unpriced, 'call')} of unknown price` : 'by list price'],
    [duration(milliseconds), 'of streaming'],
  ] as const
  return html`<ul class="sums">${sums.map(([sum, of]) => html`<li><b>${sum}</b><span>${of}</span></li>`)}</ul>`
}

const costsHtml = (
  lanes: readonly Lane[],
  spent: Spent,
): Html => html`<div class="wide"><table><thead><tr><th>agent</th><th>model</th>${numbersHtml('th', costHeads)}</tr></thead>
<tbody>${lanes.map(({ agents, lane, items, own }) => html`<tr><td><a href="#lane-${lane}">${agents.join(' → ') || lane}</a></td><td>${modelsIn(items)}</td>${numbersHtml('td', costsIn(own))}</tr>`)}</tbody>
<tfoot><tr><td colspan="2">together</td>${numbersHtml('td', costsIn(spent))}</tr></tfoot></table></div>`

const costHeads = ['model calls', 'tool calls', 'tokens in', 'cached', 'tokens out', 'cost', 'streaming']

const numbersHtml = (tag: 'th' | 'td', cells: readonly string[]): Html[] =>
  cells.map(cell => (tag === 'th' ? html`<th class="number">${cell}</th>` : html`<td class="number">${cell}</td>`))

const modelsIn = (items: Lane['items']): string =>
  [...new Set(items.flatMap(item => (item.type === 'turn' ? item.model : [])))].join(', ')

const costsIn = ({ modelCalls, toolCalls, usage, cost, unpriced, milliseconds }: Spent): string[] => [
  thousands(modelCalls),
  thousands(toolCalls),
  thousands(promptTokens(usage)),
  thousands(usage.cacheRead),
  thousands(usage.output),
  cost === 0 && unpriced > 0 ? '?' : dollars(cost),
  duration(milliseconds),
]

const helpHtml = html`<dialog id="help" aria-label="keys"><h2>Keys</h2><table><tbody>
<tr><td><kbd>j</kbd> <kbd>k</kbd></td><td>next, previous</td></tr>
<tr><td><kbd>g</kbd> <kbd>G</kbd></td><td>first, last</td></tr>
<tr><td><kbd>o</kbd> <kbd>Enter</kbd></td><td>open or close request and response</td></tr>
<tr><td><kbd>/</kbd></td><td>search; <kbd>Esc</kbd> ends it</td></tr>
<tr><td><kbd>?</kbd></td><td>these keys</td></tr>
</tbody></table><form method="dialog"><button type="submit">close</button></form></dialog>`
