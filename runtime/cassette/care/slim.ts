import type { Interaction, RecordedResponse } from '../../core/cassette.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { Protocol } from '../../core/protocol.ts'
import type { OpenCassette } from '../file/file.ts'
import { canonical, canonicalText } from '../match/canonical.ts'
import { comparedOf, conversationOf, keyOf, type Protocols, slimKeyOf } from '../match/request.ts'
import { protocolsOf, slimBody, slimProtocols } from '../match/slim-body.ts'
import { impliedIn } from '../match/slim-permissions.ts'
import { isEdited } from '../play/played.ts'
import { answerIn, type RecordedAnswer, readSaid, saidIn } from '../play/said.ts'

/** An interaction of a slim recording, and whether it keeps its bytes, since `said` could not stand for them. */
export type Slimmed = { readonly interaction: Interaction; readonly keepsBytes: boolean }

/**
 * What a slim recording holds of another, in its order: no bytes of the wire where `said` stands for them, ids that are
 * counted, no signatures, no permission for a call of which it has the result. Everything else is as it was.
 */
export async function* slimInteractions(cassette: OpenCassette, protocols: Protocols): AsyncGenerator<Slimmed> {
  const implied = impliedIn(cassette)
  const ways = { whole: protocolsOf(cassette.header, protocols), slim: slimProtocols(protocols) }
  for (const { id } of cassette.entries) {
    if (!implied.has(id)) yield await slimmed(withoutRank(cassette.load(id)), ways)
  }
}

/** How the requests of the old recording are compared, and those of the new one. */
type Ways = { readonly whole: Protocols; readonly slim: Protocols }

const slimmed = async (whole: Interaction, ways: Ways): Promise<Slimmed> => {
  const { protocol: id } = whole.request
  const protocol = id === undefined ? undefined : ways.slim(id)
  if (!protocol) return { interaction: withKey(withoutNothing(whole), ways.slim), keepsBytes: false }
  const request = { ...whole.request, body: slimBody(whole.request.body, protocol.shape) }
  const spoken = await spokenFor(whole, protocol, ways)
  const response = spoken ?? whole.response
  const compared = comparedOf(request, ways.slim)
  const key = spoken ? slimKeyOf(compared) : keyOf(compared, response.said)
  return { interaction: { ...whole, request, response, key }, keepsBytes: !spoken && response.body !== undefined }
}

const withKey = (interaction: Interaction, protocols: Protocols): Interaction => ({
  ...interaction,
  key: comparedOf(interaction.request, protocols).digests.exact,
})

/** Who was faster is another in each run. */
const withoutRank = ({ rank: _, ...interaction }: Interaction): Interaction => interaction

/** To what the user says there is no answer. */
const withoutNothing = (interaction: Interaction): Interaction => {
  const { body, ...response } = interaction.response
  return body === null ? { ...interaction, response } : interaction
}

/** The response without its bytes, where what is said is all that a run would hear in them. */
const spokenFor = async (whole: Interaction, protocol: Protocol, ways: Ways): Promise<RecordedResponse | undefined> => {
  const { status, said, body, error } = whole.response
  if (said === undefined || error || whole.state !== undefined) return undefined
  const small = { status, said: withoutUsualStop(said) }
  if (body === undefined || isEdited(whole, ways.whole)) return small
  return (await isSaidBy(small.said, whole, { protocol, protocols: ways.slim })) ? small : undefined
}

const withoutUsualStop = (said: Json): Json => {
  if (!isJsonObject(said)) return said
  const { stop, ...rest } = said
  return readSaid(rest).stop === stop ? rest : said
}

type Speaking = { readonly protocol: Protocol; readonly protocols: Protocols }

const isSaidBy = async (said: Json, { request, response }: Interaction, speaking: Speaking): Promise<boolean> => {
  const { protocol, protocols } = speaking
  const spoken = { status: 200, body: protocol.speak(readSaid(said)) }
  const before = await answerIn(response, protocol)
  const after = await answerIn(spoken, protocol)
  if (!before || !after) return false
  const model = conversationOf(request, protocols)?.model || 'model'
  const toldIn = (answer: RecordedAnswer) => canonicalText(canonical(retold(answer, model, protocol), protocol.shape))
  return toldIn(before) === toldIn(after) && (await isSame(response, spoken, protocol))
}

const isSame = async (one: RecordedResponse, other: RecordedResponse, protocol: Protocol): Promise<boolean> =>
  canonicalText((await saidIn(one, protocol)) ?? null) === canonicalText((await saidIn(other, protocol)) ?? null)

/** A request in which the answer is repeated, as the next one will. */
const retold = ({ parts, finish }: RecordedAnswer, model: string, protocol: Protocol): Json => {
  const calls = parts.filter(part => part.type === 'tool-call')
  const content = [{ type: 'text' as const, text: '-' }]
  const request = {
    caller: { agent: '', lane: 'root' },
    system: [],
    stable: 0,
    tools: [],
    messages: [
      { role: 'user' as const, content },
      { role: 'assistant' as const, content: parts, stop: finish.stop, usage: finish.usage },
      { role: 'tool' as const, results: calls.map(({ id, name }) => ({ callId: id, name, content })) },
    ],
  }
  return protocol.encode(model, request, {}, { echoReasoning: true })
}
