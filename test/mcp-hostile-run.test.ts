import { copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noNetwork, reprise } from './support/cli.ts'
import { hostilePath } from './support/mcp.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

/** How a server behaves, the tool that is called, and what the model is told of it. */
const ways: readonly (readonly [how: string, tool: string, told: RegExp])[] = [
  ['dies at call', 'act', /was lost during this call.*exit code 7/],
  ['dies once', 'look', /Here again\./],
  ['closes its output', 'act', /was lost during this call.*it closed its output/],
  ['silent at call', 'act', /did not answer within 2 s, and the call was called off/],
  ['huge result', 'act', /The answer was larger than 10 MB and was left out/],
  ['flood of lines', 'act', /it sent without end and answered nothing, so it was ended/],
  ['flood of errors', 'act', /Said all\./],
  ['invalid JSON', 'act', /Understood\./],
  ['result of another shape', 'act', /"a": \[/],
  ['bad parts', 'act', /image\/png that cannot be read/],
  ['bad names', 'hostile-mcp_shell', /Done\./],
  ['hostile schemas', 'deep_enough', /Done\./],
  ['changes its tools', 'first', /Changed\./],
  ['asks for everything', 'act', /-32601/],
  ['ignores the end', 'act', /Done\./],
]

test.each(ways)(
  'a run with a server of the kind "%s" comes to its end, and is played back without it',
  async (how, tool, told) => {
    const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: shell }
      - type: mcp
        command: ${JSON.stringify(process.execPath)}
        args: ${JSON.stringify([hostilePath, how, 'state'])}
        timeout: ${how.startsWith('silent') ? 2 : 60}
permissions: { allow: ["*"] }
`
    await using here = await folderWith({ 'agent.yaml': agent })
    await using there = await folderWith({ 'agent.yaml': agent })
    await using server = await providerServer([{ toolCalls: [{ name: tool, input: {} }] }, { text: 'I see.' }])
    const options = { cwd: here.path, env: server.env }
    const recorded = await reprise(['exec', 'agent.yaml', '--record=tape', 'Go'], options)
    expect(recorded).toMatchObject({ code: 0, stdout: expect.stringMatching(/I see\.$/) })
    const messages = server.requests[1]?.body['messages']
    const result = (messages as { role: string; content: string }[]).find(({ role }) => role === 'tool')
    expect(result?.content).toMatch(told)
    expect(statSync(join(here.path, 'tape.yaml')).size).toBeLessThan(3_000_000)
    copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
    const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go']
    const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
    expect(replayed.code).toBe(0)
    expect(replayed.stdout).toBe(recorded.stdout)
  },
)
