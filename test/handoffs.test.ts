import { expect, test } from 'vitest'
import { conversed } from './support/conversed.ts'
import { providerServer } from './support/provider-server.ts'
import { temporaryFolder } from './support/temp.ts'

const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: You lead.
    handoffs: [other]
    toolsets: [{ type: think }]
  other:
    model: openai/gpt-4o
    instruction: You are other.
    handoffs: [root]
`
const hand = (agent: string) => ({ toolCalls: [{ name: 'handoff', input: { agent } }] })

test('whoever handed a conversation over and has it back may not do so again, but may after some work', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer([
    { when: 'You lead.', ...hand('other') },
    { when: 'You are other.', ...hand('root') },
    { when: 'You lead.', ...hand('other') },
    { when: 'nothing was done since', toolCalls: [{ name: 'think', input: { thought: 'Hm.' } }] },
    { when: 'You lead.', ...hand('other') },
    { when: 'You are other.', text: 'It is with me now.' },
  ])
  const common = { folder: folder.path, agent }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape' })
  expect(recorded.failure).toBeUndefined()
  const results = recorded.events.flatMap(event => (event.type === 'tool-end' ? [event.result] : []))
  expect(results.map(({ name, error }) => [name, error])).toEqual([
    ['handoff', undefined],
    ['handoff', undefined],
    ['handoff', 'invalid-input'],
    ['think', undefined],
    ['handoff', undefined],
  ])
  expect(recorded.events.at(-1)).toMatchObject({ type: 'agent-end', agent: 'other', reason: 'done' })
  expect((await conversed({ ...common, fake: 'tape' })).lines).toBe(recorded.lines)
})
