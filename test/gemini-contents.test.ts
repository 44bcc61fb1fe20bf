import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../runtime/core/json.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const agent = (instruction: string) => `agents:
  root:
    model: google/gemini-2.5-flash
${instruction}`

const message = ['Look at this.', '--attach', 'note.txt']
const answer =
  'data: {"candidates":[{"content":{"parts":[{"text":"A note."}],"role":"model"},"finishReason":"STOP"}]}\r\n\r\n'

/** The same parts, each in a content of its own, as vcrpy writes them. */
const inPieces = (body: JsonObject): string => {
  const { contents } = body as unknown as { contents: { role: string; parts: JsonObject[] }[] }
  const pieces = contents.flatMap(({ role, parts }) => parts.map(part => ({ role, parts: [part] })))
  const request = {
    method: 'POST',
    uri: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    headers: {},
    body: JSON.stringify({ contents: pieces }),
  }
  const response = { status: { code: 200, message: 'OK' }, headers: {}, body: { string: answer } }
  return JSON.stringify({ version: 1, interactions: [{ request, response }] })
}

test.each(['', '    instruction: Look at this.\n'])(
  'several contents without instructions are what the user said, or instructions, as it fits: %j',
  async instruction => {
    await using folder = await folderWith({
      'agent.yaml': agent(''),
      'told.yaml': agent(instruction),
      'note.txt': 'A sea.',
    })
    await using server = await providerServer([{ text: 'A note.' }])
    await reprise(['exec', 'agent.yaml', ...message], { cwd: folder.path, env: server.env })
    writeFileSync(join(folder.path, 'theirs.yaml'), inPieces(server.requests[0]!.body))
    const asked = instruction === '' ? message : [textOf(server.requests[0]!.body)]
    const replayed = await reprise(['exec', 'told.yaml', '--fake', 'theirs', '--no-strict', ...asked], {
      cwd: folder.path,
      ...noNetwork,
    })
    expect(replayed.stdout, replayed.stderr).toContain('A note.')
    expect(replayed.code, replayed.stderr).toBe(0)
    const other = await reprise(['exec', 'told.yaml', '--fake', 'theirs', 'Something else.'], {
      cwd: folder.path,
      ...noNetwork,
    })
    expect(other.code).toBe(3)
  },
)

const textOf = (body: JsonObject): string => {
  const { contents } = body as unknown as { contents: { parts: { text: string }[] }[] }
  return contents[0]?.parts.at(-1)?.text ?? ''
}
