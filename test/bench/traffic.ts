import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonObject } from '../../runtime/core/json.ts'

/** The same traffic for all that is measured: a chat of a coding agent, about 30 KB a request, answered in a stream. */
export const exchanges = 200

const prose = (words: number, seed: number): string =>
  Array.from({ length: words }, (_, index) => `word${(index * seed) % 997}`).join(' ')

const instruction = prose(3600, 3)

export const requestOf = (index: number): JsonObject => ({
  model: 'gpt-4o',
  stream: true,
  messages: [
    { role: 'system', content: instruction },
    { role: 'user', content: `Question ${index}: ${prose(200, index + 1)}` },
  ],
})

export const answerTo = (index: number): string =>
  `${Array.from({ length: 20 }, (_, piece) => {
    const choice = {
      index: 0,
      delta: { content: `piece ${piece} of ${index} ` },
      finish_reason: piece === 19 ? 'stop' : null,
    }
    return `data: ${JSON.stringify({ id: `chatcmpl-${index}`, model: 'gpt-4o', choices: [choice] })}\n\n`
  }).join('')}data: [DONE]\n\n`

/** A server that answers the exchanges in their order. */
export const server = async (): Promise<AsyncDisposable & { readonly url: string }> => {
  let index = 0
  const listening = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answerTo(index++))
    })
  })
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/v1/chat/completions`
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      listening.closeAllConnections()
      listening.close()
      await once(listening, 'close')
    },
  }
}

/** Sends all exchanges with `fetch` and reads the answers; gives the milliseconds that each took. */
export const sendAll = async (url: string): Promise<number[]> => {
  const times: number[] = []
  for (let index = 0; index < exchanges; index++) {
    const before = performance.now()
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(requestOf(index)) })
    if ((await response.text()) !== answerTo(index)) throw new Error(`exchange ${index} got another answer`)
    times.push(performance.now() - before)
  }
  return times
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
