import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCassette, openCassette } from '../runtime/cassette/file/file.ts'
import { canonical, canonicalText } from '../runtime/cassette/match/canonical.ts'
import { differencesBetween } from '../runtime/cassette/match/difference.ts'
import { comparedOf, requestOfEffect, requestOfExchange } from '../runtime/cassette/match/request.ts'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import { Failure } from '../runtime/core/errors.ts'
import { deepest, isDeeperThan, type Json, type JsonObject } from '../runtime/core/json.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { toolAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { modelCall } from './support/interactions.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

/** Lists in lists, or objects in objects. */
const nested = (depth: number, kind: 'list' | 'object' = 'list'): string =>
  kind === 'list' ? `${'['.repeat(depth)}${']'.repeat(depth)}` : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const depths = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(5000, 20_000, 200_000))
const kinds = fc.constantFrom('list' as const, 'object' as const)

const redactor = redactorOf({ secrets: { KEY: 'correct-horse-battery' }, home: '/home/ann', workingDirectory: '/work' })
const protocols = () => openaiChat
const bodyWith = (text: string): JsonObject => ({
  model: 'gpt-4o',
  messages: [
    { role: 'user', content: text },
    { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'x', arguments: text } }] },
  ],
})
const exchange = (body: JsonObject) => ({
  caller: { agent: 'root', lane: 'root' },
  protocol: 'openai-chat',
  provider: 'openai',
  operation: '/chat/completions',
  url: 'https://api.openai.com/v1/chat/completions',
  body,
})

test('whatever is nested in texts is redacted, compared and explained without an end of the stack', () => {
  fc.assert(
    fc.property(depths, depths, kinds, (one, other, kind) => {
      const [before, after] = [one, other].map(depth => `{"x":${nested(depth, kind)},"key":"correct-horse-battery"}`)
      const clean = redactor.json(bodyWith(before ?? ''))
      expect(canonicalText(clean)).not.toContain('horse')
      expect(redactor.body(`data: {"arguments":${JSON.stringify(before)}}\n\n`)).not.toContain('horse')
      expect(redactor.text(before ?? '')).not.toContain('horse')
      const [recorded, now] = [before, after].map(text => requestOfExchange(exchange(bodyWith(text ?? ''))))
      if (!recorded || !now) throw new Error('there are two')
      expect(comparedOf(recorded, protocols).exact === comparedOf(now, protocols).exact).toBe(one === other)
      expect(comparedOf(recorded, protocols).conversation === comparedOf(now, protocols).conversation).toBe(
        one === other,
      )
      expect(differencesBetween(recorded, now, protocols).length > 0).toBe(one !== other)
    }),
    { numRuns: 60 },
  )
})

test('a value is either written and read as it is, or refused in words', async () => {
  await using folder = await folderWith({})
  let count = 0
  fc.assert(
    fc.property(depths, kinds, (depth, kind) => {
      const value = { x: JSON.parse(nested(depth, kind)) as Json }
      const ask = { caller: { agent: 'root', lane: 'root' }, name: 'x', input: value }
      if (isDeeperThan(value, 2 * deepest)) {
        expect(() => requestOfEffect('tool', ask)).toThrow(Failure)
        expect(() => requestOfExchange(exchange(value))).toThrow(/nested more than 400 deep/)
        return
      }
      const { body } = requestOfEffect('tool', ask)
      const path = `${folder.path}/${count++}.yaml`
      const writer = createCassette(path, { reprise: '0.1.0', recorded: '2026-01-01T00:00:00.000Z' })
      writer.append(modelCall(1, redactor.json(body), 'ok'))
      void writer.close(undefined)
      const read = openCassette(path, { origin: () => undefined }).load(1).request.body
      expect(canonicalText(canonical(read, undefined))).toBe(canonicalText(canonical(body, undefined)))
    }),
    { numRuns: 60 },
  )
})

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

const frames = (args: string): string => {
  const call = { index: 0, id: 'c', type: 'function', function: { name: 'shell', arguments: args } }
  return `${chunk({ role: 'assistant', tool_calls: [call] })}${chunk({}, 'tool_calls')}data: [DONE]\n\n`
}

const geminiFrames = (args: string): string =>
  `data: {"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"shell","args":${args}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}\n\n`

test.each([
  ['openai/gpt-4o', frames, 201],
  ['openai/gpt-4o', frames, 3000],
  // More would fill its window, and be summed up before the next question.
  ['openai/gpt-4o', frames, 40_000],
  ['google/gemini-2.5-flash', geminiFrames, 200_000],
])('%s: arguments that are nested too deep are no arguments, which the model is told', async (model, say, depth) => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent.replace('anthropic/claude-sonnet-4-0', model) })
  const raw = say(`{"cmd":"ls","x":${nested(depth)}}`)
  const headers = { 'content-type': 'text/event-stream' }
  await using server = await providerServer([{ raw, headers }, { text: 'Done.' }])
  const options = { cwd: folder.path, env: server.env }
  const recorded = await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go'], options)
  expect(recorded).toMatchObject({ code: 0, stderr: expect.not.stringContaining('mistake') })
  expect(JSON.stringify(server.requests[1]?.body)).toContain('not a JSON object')
  const replayed = await reprise(['exec', 'agent.yaml', '--fake=tape', '--strict', 'Go'], { cwd: folder.path })
  expect(replayed).toMatchObject({ code: 0, stdout: recorded.stdout })
  for (const command of ['show', 'lint', 'mutate', 'slim']) {
    expect(await reprise(['cassette', command, 'tape'], { cwd: folder.path })).toMatchObject({ code: 0 })
  }
})
