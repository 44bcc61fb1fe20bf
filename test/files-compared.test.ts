import { expect, test } from 'vitest'
import { neutralText, neutralTurns } from '../runtime/cassette/match/neutral.ts'
import type { Message } from '../runtime/core/message.ts'
import type { Protocol } from '../runtime/core/protocol.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { gemini } from '../runtime/models/gemini.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'
import { helloAgent } from './support/agents.ts'
import { assistant, files, sent, user } from './support/asked.ts'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const protocols = [openaiChat, openaiResponses, anthropicMessages, gemini]
const known = (id: string) => protocols.find(protocol => protocol.id === id)

const asSaid = (protocol: Protocol, messages: readonly Message[]): string => {
  const body = sent(protocol, { messages: [...messages] })
  const request = { method: 'POST', url: 'x:', protocol: protocol.id, operation: protocol.operation('m'), body }
  return neutralText(neutralTurns(request, known) ?? [])
}

const talk = [
  user('Look.', files.image, files.pdf),
  assistant({ type: 'text', text: 'Seen.' }),
  user('And?', files.csv),
]

test.each(protocols.map(protocol => [protocol.id, protocol] as const))(
  '%s: files are the same to whatever model they are shown, and no others are',
  (_, protocol) => {
    const told = asSaid(protocol, talk)
    expect(told).toBe(asSaid(openaiChat, talk))
    for (const other of [
      [user('Look.', files.pdf, files.image), ...talk.slice(1)],
      [user('Look.', { ...files.image, data: 'aW1hZ2Y=' } as typeof files.image, files.pdf), ...talk.slice(1)],
      [user('Look.', { ...files.image, mediaType: 'image/jpeg' } as typeof files.image, files.pdf), ...talk.slice(1)],
      [user('Look.', files.pdf), ...talk.slice(1)],
    ]) {
      expect(asSaid(protocol, other)).not.toBe(told)
    }
  },
)

/** One pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test.each([
  ['openai/gpt-4o', 'anthropic/claude-sonnet-4-0'],
  ['openai/gpt-5-mini', 'google/gemini-2.5-flash'],
  ['google/gemini-2.5-flash', 'openai/gpt-4o'],
  ['anthropic/claude-sonnet-4-0', 'openai/gpt-5-mini'],
])('an answer to a picture of %s is played when %s is asked, as drift', async (recorded, now) => {
  const agent = helloAgent.replace('openai/gpt-4o-mini', recorded)
  await using folder = await folderWith({ 'agent.yaml': agent, 'dot.png': png, 'other.png': Buffer.concat([png, png]) })
  await using server = await providerServer([{ text: 'A dot.' }])
  const options = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', '--attach', 'dot.png', 'What is it?'], options)
  const asked = (picture: string) =>
    reprise(['exec', 'agent.yaml', '--fake=tape', '--model', now, '--attach', picture, 'What is it?'], {
      cwd: folder.path,
    })
  const { code, stdout, stderr } = await asked('dot.png')
  expect(stderr).toMatch(/^Drift from the recording: the model is .*\n$/)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '\n--- Agent: root ---\nA dot.' })
  expect((await asked('other.png')).code).toBe(3)
})
