import type { OpenCassette } from '../../runtime/cassette/file/file.ts'
import { comparedOf, keyOf, type Protocols, requestOfExchange } from '../../runtime/cassette/match/request.ts'
import type { Redactor } from '../../runtime/cassette/redact/redact.ts'
import type { Exchange } from '../../runtime/core/border.ts'
import type { Interaction } from '../../runtime/core/cassette.ts'
import { openaiChat } from '../../runtime/models/openai-chat.ts'

/** A recording of these model calls, each answered with `answer N`, without a file. */
export const cassetteOf = (exchanges: readonly Exchange[], protocols: Protocols = () => openaiChat): OpenCassette => {
  const interactions = exchanges.map((exchange, index): Interaction => {
    const request = requestOfExchange(exchange)
    const { lane, agent } = exchange.caller
    const response = { status: 200, said: { text: `answer ${index + 1}` } }
    return { id: index + 1, lane, agent, request, response, key: keyOf(comparedOf(request, protocols)) }
  })
  return tapeOf(interactions)
}

/** A recording of these interactions, without a file. */
export const tapeOf = (interactions: readonly Interaction[]): OpenCassette => {
  return {
    path: 'memory.yaml',
    header: { reprise: 'test', recorded: '2026-01-01T00:00:00.000Z' },
    modelTrafficOnly: false,
    entries: interactions.map(({ id, lane, key, request: { method, url } }) => ({
      id,
      lane,
      method,
      url,
      key: key ?? '',
    })),
    load: id => {
      const found = interactions.find(interaction => interaction.id === id)
      if (!found) throw new Error(`no interaction ${id}`)
      return found
    },
  }
}

export const noRedactor: Redactor = {
  text: text => text,
  json: value => value,
  body: text => text,
  bytes: bytes => bytes,
}
