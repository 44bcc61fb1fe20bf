import { expect, test } from 'vitest'
import { type ContentPart, noUsage } from '../runtime/core/message.ts'
import type { ModelRequest } from '../runtime/core/model.ts'
import { loadAllProtocols } from '../runtime/models/protocols.ts'

/** A conversation in which a tool gave back these parts. */
const requestWith = (content: readonly ContentPart[]): ModelRequest => ({
  caller: { agent: 'root', lane: 'root' },
  system: [],
  stable: 0,
  tools: [],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Play it.' }] },
    {
      role: 'assistant',
      content: [{ type: 'tool-call', id: 'call_1', name: 'record', input: {} }],
      stop: 'tool-calls',
      usage: noUsage,
    },
    { role: 'tool', results: [{ callId: 'call_1', name: 'record', content }] },
  ],
})

const file = (mediaType: string): ContentPart => ({ type: 'file', mediaType, data: 'aGk=', name: 'take.bin' })
const note = (mediaType: string): string => `[take.bin (${mediaType}), which cannot be shown to you]`

for (const protocol of await loadAllProtocols()) {
  const bodyWith = (content: readonly ContentPart[]): string =>
    JSON.stringify(protocol.encode('a-model', requestWith(content), {}, {}))
  const hears = protocol.id === 'gemini'

  test(`${protocol.id}: a tool that gives back what the model cannot be sent does not end the run`, () => {
    const body = bodyWith([{ type: 'text', text: 'Recorded.\n' }, file('application/zip'), file('audio/wav')])
    expect(body).toContain(note('application/zip'))
    expect(body.includes(note('audio/wav'))).toBe(!hears)
    expect(body.includes('aGk=')).toBe(hears)
  })

  test(`${protocol.id}: images, documents and text that a tool gives back are sent`, () => {
    const body = bodyWith([file('image/png'), file('application/pdf'), file('application/json')])
    expect(body).not.toContain('cannot be shown')
    expect(body.match(/aGk=/g)).toHaveLength(2)
    expect(body).toMatch(/take\.bin[^>]*>\\nhi\\n/)
  })
}
