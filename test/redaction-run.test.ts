import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toolAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { credentials } from './support/credentials.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const models = ['openai/gpt-4o', 'openai/gpt-5', 'anthropic/claude-sonnet-4-0', 'google/gemini-2.5-flash']
const all = credentials(11).filter(({ kind }) => kind !== 'private key')
const lines = (from: number, to: number): string =>
  all
    .slice(from, to)
    .map(({ kind, text }) => `${kind}: ${text}`)
    .join('\n')
const inPieces = (text: string): string[] => text.match(/[\s\S]{1,7}/g) ?? []

for (const model of models) {
  test(`${model}: credentials from the user, the model, its tools and the environment stay out, and the replay matches`, async () => {
    const known = 'correct horse battery staple 7'
    await using here = await folderWith({
      'agent.yaml': toolAgent.replace('anthropic/claude-sonnet-4-0', model),
      'all.txt': `${lines(0, 99)}\n${known}\n`,
    })
    await using server = await providerServer([
      { text: inPieces(lines(20, 40)), toolCalls: [{ name: 'read_file', input: { path: 'all.txt' } }] },
      {
        text: ['I write it down: ', known.slice(0, 9), known.slice(9)],
        toolCalls: [
          { name: 'write_file', input: { path: 'copy.txt', content: lines(30, 99) } },
          {
            name: 'shell',
            input: { cmd: `printf '%s' '${Buffer.from(known).toString('base64')}' | base64 -d >&2; exit 3` },
          },
        ],
      },
      { text: `Done, ${known}.` },
      { text: inPieces(`Once more: ${lines(0, 20)}`) },
    ])
    const env = { ...server.env, VAULT_PASSPHRASE: known }
    const messages = [`Mine:\n${lines(0, 20)}\n${known}`, 'Again']
    const recorded = await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', ...messages], {
      cwd: here.path,
      env,
    })
    expect(recorded.code, recorded.stderr).toBe(0)

    const cassette = readFileSync(join(here.path, 'tape.yaml'), 'utf8')
    for (const { kind, secret } of all) expect(cassette.includes(secret), kind).toBe(false)
    expect(cassette).not.toMatch(/correct horse|battery staple/)
    expect(cassette).not.toContain(Buffer.from(known).toString('base64'))

    // The user types his secrets again; what is known by value must be known again, to be called by the same name.
    const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...messages], {
      cwd: here.path,
      env,
    })
    expect(replayed.stderr).toBe('')
    expect(replayed.code).toBe(0)
    for (const { kind, secret } of all) expect(replayed.stdout.includes(secret), kind).toBe(false)
  })
}
