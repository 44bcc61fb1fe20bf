import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const agentOf = (model: string) => `agents:
  root:
    model: ${model}
    instruction: Use your tools.
    add_environment_info: true
    toolsets: [{ type: filesystem }]
`

test.each([
  ['openai/gpt-4o', 'https://api.openai.com'],
  ['anthropic/claude-sonnet-4-0', 'https://api.anthropic.com'],
  ['google/gemini-2.5-flash', 'https://generativelanguage.googleapis.com'],
])(
  '%s: a recording of another tool that holds a real working directory is played in another one as if it were that',
  async (model, host) => {
    const files = { 'agent.yaml': agentOf(model), 'a.txt': 'A' }
    await using there = await folderWith(files)
    await using here = await folderWith(files)
    const path = join(there.path, 'a.txt')
    await using server = await providerServer([
      { toolCalls: [{ name: 'read_multiple_files', input: { paths: [path] } }] },
      { text: [`It is in ${path.slice(0, 12)}`, `${path.slice(12)}, and says A.`] },
    ])
    await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Read'], { cwd: there.path, env: server.env })
    await reprise(['cassette', 'export', 'tape', '--to', 'go-vcr', '-o', 'theirs.yaml'], { cwd: there.path })
    const theirs = readFileSync(join(there.path, 'theirs.yaml'), 'utf8')
    expect(theirs).toContain(there.path)
    writeFileSync(join(here.path, 'theirs.yaml'), theirs.replaceAll(server.url, host))
    const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'theirs', '--strict', 'Read'], { cwd: here.path })
    expect(replayed).toMatchObject({ code: 0, stderr: 'theirs.yaml holds model calls only: tools run for real.\n' })
    expect(replayed.stdout).toContain(`It is in ${join(here.path, 'a.txt')}, and says A.`)
    expect(replayed.stdout).not.toContain(there.path)
  },
)
