import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSaid, saidIn } from '../runtime/cassette/play/said.ts'
import type { Json } from '../runtime/core/json.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { gemini } from '../runtime/models/gemini.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const name = fc.stringMatching(/^[a-z][a-z_]{0,12}$/)
const tokens = fc.integer({ min: 1, max: 1_000_000 })

const said = fc
  .record({
    reasoning: fc.option(words, { nil: undefined }),
    text: fc.option(words, { nil: undefined }),
    calls: fc.array(fc.record({ name, input: fc.dictionary(name, fc.oneof(words, fc.integer(), fc.boolean())) }), {
      maxLength: 3,
    }),
    input: tokens,
    cacheRead: tokens,
    output: tokens,
  })
  .filter(({ text, calls }) => text !== undefined || calls.length > 0)
  .map(({ reasoning, text, calls, input, cacheRead, output }) => ({
    ...(reasoning !== undefined && { reasoning }),
    ...(text !== undefined && { text }),
    ...(calls.length > 0 && { calls: calls.map(({ name, input }) => ({ [name]: input })) }),
    stop: calls.length > 0 ? 'tool-calls' : 'end',
    usage: { input, cacheRead, output },
  }))

test.each([openaiChat, openaiResponses, anthropicMessages, gemini])(
  'what was said can be said again: $id',
  async protocol => {
    await fc.assert(
      fc.asyncProperty(said, async said => {
        const body = protocol.speak(readSaid(said as Json))
        const plain: unknown = JSON.parse(JSON.stringify(said))
        expect(await saidIn({ status: 200, body }, protocol)).toEqual(plain)
      }),
    )
  },
)
