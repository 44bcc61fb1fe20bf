import { isDeepStrictEqual } from 'node:util'
import type { Interaction } from '../../core/cassette.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { Conversation, Turn } from '../../core/protocol.ts'
import type { OpenCassette } from '../file/file.ts'
import { conversationOf } from '../match/request.ts'
import { askedAt } from './asked.ts'
import { lineChanges } from './lines.ts'
import { isModelCall, type Reading } from './transcript.ts'
import { callText, contentText, readable } from './words.ts'

/** A part of a page; `text` is broken into lines, `lines` stay as they are. */
export type Section = { readonly title: string } & ({ readonly text: string } | { readonly lines: readonly string[] })

/**
 * The model call before this one in the same conversation: the last that began with the same words. Without one it is the
 * last in its lane, for a conversation may have been summed up; recordings of others hold many in one lane.
 */
export const callBefore = (
  { entries, load, modelTrafficOnly }: OpenCassette,
  { id, lane, request }: Interaction,
  { protocols }: Reading,
): Interaction | undefined => {
  const beginning = ({ request }: Pick<Interaction, 'request'>) => conversationOf(request, protocols)?.turns[0]
  const begun = beginning({ request })
  let last: Interaction | undefined
  for (const entry of entries.toReversed()) {
    if (entry.id >= id || entry.lane !== lane) continue
    const interaction = load(entry.id)
    if (!isModelCall(interaction)) continue
    if (isDeepStrictEqual(beginning(interaction), begun)) return interaction
    last ??= interaction
  }
  return modelTrafficOnly ? undefined : last
}

/** What a request has that the one before it had not, and what it has no more. */
export const changesIn = (
  after: Interaction,
  before: Interaction,
  reading: Reading,
): { readonly facts: readonly (readonly [name: string, text: string])[]; readonly sections: readonly Section[] } => {
  const conversations = [before, after].map(({ request }) => conversationOf(request, reading.protocols))
  const [old, now] = conversations
  const texts = [before, after].map(({ request }) => askedAt(request, reading))
  const asked = (['instruction', 'tools', 'parameters'] as const).flatMap(what => {
    const [was = '', is = ''] = texts.map(text => text[what])
    return was === is ? [] : [{ title: `${what}, as against interaction ${before.id}`, text: changedText(was, is) }]
  })
  const models = old && now && old.model !== now.model ? ([['model', `${now.model}, was ${old.model}`]] as const) : []
  const turns = turnSections(old?.turns ?? [], now?.turns ?? [])
  const isSame = models.length + asked.length + turns.length === 0
  return {
    facts: [
      ['against', `interaction ${before.id}, the request before it in this conversation`],
      ...models,
      ...(isSame ? [['changed', 'nothing: the same request again'] as const] : []),
      ...keptFact(old?.turns ?? [], now?.turns ?? []),
    ],
    sections: [...asked, ...turns],
  }
}

const changedText = (was: string, is: string): string =>
  lineChanges(was, is)
    .map(line => (line.sign === '…' ? `… ${line.skipped} equal lines` : `${line.sign} ${line.text}`))
    .join('\n')

const keptIn = (old: readonly Turn[], now: readonly Turn[]): number => {
  const end = old.findIndex((turn, index) => !isDeepStrictEqual(turn, now[index]))
  return end < 0 ? old.length : end
}

const keptFact = (old: readonly Turn[], now: readonly Turn[]): (readonly [string, string])[] => {
  const kept = keptIn(old, now)
  return kept === 0 ? [] : [['as before', kept === 1 ? 'turn 1' : `turns 1 to ${kept}`]]
}

/** A conversation grows at its end; where it was summed up, or a turn was rewritten, all from there on is told. */
const turnSections = (old: readonly Turn[], now: readonly Turn[]): Section[] => {
  const kept = keptIn(old, now)
  const told = (turns: readonly Turn[], word: string) =>
    turns.slice(kept).map(({ role, content }, index) => ({
      title: `${word} turn ${kept + index + 1}: ${role}`,
      text: partsText(content),
    }))
  return [...told(old, 'gone,'), ...told(now, 'new,')]
}

/** What a request is made of, by size: `tools 61%, instructions 30%, user 9%`. */
export const sharesText = (conversation: Conversation | undefined): string => {
  if (!conversation) return ''
  const { system, tools, turns } = conversation
  const sizes = new Map<string, number>([
    ['instructions', system.join('').length],
    ['tools', tools.length === 0 ? 0 : JSON.stringify(tools).length],
  ])
  for (const { role, content } of turns) {
    const name = role === 'tool' ? 'results' : role
    sizes.set(name, (sizes.get(name) ?? 0) + partsText(content).length)
  }
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  return [...sizes]
    .filter(([, size]) => size > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, size]) => `${name} ${Math.max(1, Math.round((100 * size) / all))}%`)
    .join(', ')
}

/** The parts of a turn in a conversation: words, calls and results. */
export const partsText = (content: Json): string => ([content].flat() as Json[]).map(partText).join('\n')

const partText = (part: Json): string => {
  if (!isJsonObject(part)) return readable(part)
  const { call, input, text, response } = part
  if (typeof call === 'string') return `→ ${callText({ name: call, input: input ?? null })}`
  if (typeof text === 'string' && ('id' in part || 'of' in part)) return `= ${text}`
  if (response !== undefined) return `= ${readable(response)}`
  return typeof text === 'string' ? text : contentText([part])
}
