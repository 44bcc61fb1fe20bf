import { isJsonObject, type Json } from '../../core/json.ts'
import type { OpenCassette } from '../file/file.ts'
import type { Asked } from '../view/asked.ts'
import { count, dollars, duration, thousands } from '../view/layout.ts'
import { promptTokens } from '../view/spent.ts'
import type { Call, Effect, Lane, Turn } from '../view/transcript.ts'
import { callText, effectText, readable, silence, spentText } from '../view/words.ts'
import { type Html, html, nothing } from './html.ts'
import { markdown, preformatted } from './markdown.ts'
import type { Colours } from './timeline.ts'

/** What it takes to draw the items of a page. */
export type Drawing = {
  readonly cassette: OpenCassette
  readonly colours: Colours
  /** With what a turn's model was asked, where that is new. */
  readonly news: (turn: Turn) => Partial<Asked>
}

/** A conversation with all that was said and done in it, tasks below the calls that gave them. */
export const laneHtml = (
  lane: Lane,
  drawing: Drawing,
): Html => html`<section class="lane ${drawing.colours(lane.agents[0] ?? '')}" id="lane-${lane.lane}">
<h3>${lane.agents.join(' → ') || lane.lane} ${lane.lane !== lane.agents[0] && html`<span>${lane.lane}</span>`} <span>${spentText(lane.spent)}</span></h3>
${lane.items.map(item => itemHtml(item, drawing))}
</section>
`

const itemHtml = (item: Turn | Effect | Lane, drawing: Drawing): Html => {
  if (item.type === 'lane') return laneHtml(item, drawing)
  return item.type === 'turn' ? turnHtml(item, drawing) : effectHtml(item, drawing)
}

const turnHtml = (turn: Turn, drawing: Drawing): Html => {
  const { id, agent, model, said, isSummary, calls, problem } = turn
  return html`<article class="item" id="i${id}" tabindex="-1">
<div class="head"><a class="no" href="#i${id}">${id}</a><span class="who ${drawing.colours(agent)}">${agent || 'model'}</span><span class="faint">${model}${isSummary && ' sums up what was before'}</span><span class="sum">${turnSumText(turn)}</span></div>
${newsHtml(drawing.news(turn))}
${said?.reasoning && html`<details><summary>thought</summary><div class="text thought">${markdown(said.reasoning)}</div></details>`}
${problem !== undefined && html`<p class="problem-line">${problem}</p>`}
${said?.text !== undefined && html`<div class="text">${markdown(said.text)}</div>`}
${said?.text === undefined && calls.length === 0 && problem === undefined && html`<p class="faint">${silence(turn)}</p>`}
${calls.map(call => callHtml(call, drawing))}
${wireHtml(id, drawing.cassette)}
</article>
`
}

const turnSumText = ({ said, usage, cost, milliseconds, stop }: Turn): string => {
  const cached = usage.cacheRead > 0 ? ` (${thousands(usage.cacheRead)} cached)` : ''
  return [
    ...(said ? [`${thousands(promptTokens(usage))}${cached} + ${thousands(usage.output)} tokens`] : []),
    ...(cost === undefined ? [] : [dollars(cost)]),
    ...(milliseconds > 0 ? [duration(milliseconds)] : []),
    ...(stop === undefined || stop === 'end' || stop === 'tool-calls' ? [] : [stop]),
  ].join(' · ')
}

const newsHtml = (news: Partial<Asked>): Html => {
  const parts = Object.entries(news)
  if (parts.length === 0) return nothing
  return html`<details><summary>asked with ${parts.map(([name]) => (name === 'instruction' ? 'an instruction' : name)).join(', ')}</summary>
${parts.map(([name, text]) => (name === 'instruction' ? html`<div class="text">${markdown(text)}</div>` : preformatted(text || '(none)')))}
</details>`
}

/** A call of fewer letters is told in one line. */
const shortCall = 100

const callHtml = (call: Call, drawing: Drawing): Html => {
  const { name, input, permission, question, result, lane } = call
  const line = callText(call)
  const isShort = line.length <= shortCall
  return html`<div class="call"><div class="name">→ <b>${name}</b>${isShort && line.slice(name.length)}</div>
${!isShort && preformatted(readable(input))}
${permission && effectHtml(permission, drawing)}${question && effectHtml(question, drawing)}${lane && laneHtml(lane, drawing)}${result && resultHtml(result, drawing)}
</div>`
}

/** Only what stands as an interaction of its own in the cassette can be gone to. */
const isOwn = ({ cassette }: Drawing): boolean => !cassette.modelTrafficOnly

const placed = (effect: Effect, drawing: Drawing, { classes, title, content }: Placed): Html => {
  const { id } = effect
  const own = isOwn(drawing)
  return html`<div class="item ${classes}" ${own && html`id="i${id}"`} tabindex="-1">
<div class="head">${own && html`<a class="no" href="#i${id}">${id}</a>`}${title}</div>${content}${own && wireHtml(id, drawing.cassette)}
</div>
`
}

type Placed = { readonly classes: string; readonly title: Html; readonly content: Html }

const resultHtml = (effect: Effect, drawing: Drawing): Html => {
  const { answer, problem } = effect
  const title =
    problem === undefined ? html`<span class="faint">gives</span>` : html`<span class="warning">${problem}</span>`
  return placed(effect, drawing, { classes: 'quiet', title, content: contentHtml(answer) })
}

const effectHtml = (effect: Effect, drawing: Drawing): Html => {
  const { kind, name, asked, problem } = effect
  if (kind === 'message') {
    const content = html`<div class="text">${contentHtml(asked, markdown)}</div>`
    return placed(effect, drawing, { classes: 'user', title: html`<span class="who">${name}</span>`, content })
  }
  const [first = '', ...rest] = effectText(effect).split('\n')
  const title =
    problem === undefined
      ? html`<span class="faint">${first}</span>`
      : html`<span class="warning">${kind} ${name}: ${problem}</span>`
  return placed(effect, drawing, {
    classes: 'quiet',
    title,
    content: rest.length > 0 ? preformatted(rest.join('\n')) : nothing,
  })
}

/** What a browser draws without being asked to run anything. */
const pictures = /^image\/(?:png|jpeg|gif|webp)$/

const contentHtml = (content: Json, textHtml: (text: string) => Html = preformatted): Html => {
  if (!Array.isArray(content)) return textHtml(readable(content))
  return html`${content.map(part => partHtml(part as Json, textHtml))}`
}

const partHtml = (part: Json, textHtml: (text: string) => Html): Html => {
  if (!isJsonObject(part)) return textHtml(readable(part))
  const { type, text, mediaType, data, name } = part
  if (type === 'text' && typeof text === 'string') return textHtml(text)
  if (type !== 'file' || typeof data !== 'string') return preformatted(readable(part))
  const isPicture = pictures.test(String(mediaType)) && /^[A-Za-z0-9+/=]+$/.test(data)
  if (isPicture) return html`<img alt="${String(name ?? 'picture')}" src="data:${String(mediaType)};base64,${data}">`
  return html`<p class="faint">${[name, mediaType].filter(Boolean).join(', ')}, ${count(Math.floor((data.length * 3) / 4), 'byte')}</p>`
}

/** The interaction as the cassette has it. The page's script puts the bodies in when a person opens it. */
const wireHtml = (id: number, cassette: OpenCassette): Html => {
  const { request, response, lane, state } = cassette.load(id)
  const { method, url, provider, protocol } = request
  const headers = Object.entries(response.headers ?? {}).map(([name, value]) => `${name}: ${value}`)
  const pieces = response.chunks ? `, in ${count(response.chunks.split(' ').length, 'piece')}` : ''
  const origin = [provider, protocol].filter(Boolean).join(', ')
  return html`<details class="wire"><summary title="request and response, as they are in the cassette">raw</summary>
<dl class="facts"><dt>lane</dt><dd>${lane}</dd><dt>asked</dt><dd>${method} ${url}${origin && ` (${origin})`}</dd><dt>answered</dt><dd>${[String(response.status), ...headers].join(', ')}${pieces}${state && `, ${state}`}</dd></dl>
<h5>request</h5><pre data-request="${id}"></pre><h5>response</h5><pre data-response="${id}"></pre></details>`
}
