import { existsSync, rmSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noNetwork, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import { resultsIn, toolsIn } from './support/twice.ts'

const agent = (more = '') => `agents:
  root:
    model: openai/gpt-4o
${more}    toolsets:
      - { type: mcp, command: ./bin/memory, defer: true }
      - { type: mcp, command: ./bin/absent, defer: true }
      - { type: todo, tools: [list_todos] }
`

const server = join(import.meta.dirname, '../node_modules/@modelcontextprotocol/server-memory/dist/index.js')

/** A folder with a server that tells by a file that it was started. */
const place = async (steps: readonly ProviderStep[]) => {
  const folder = await folderWith({ 'agent.yaml': agent(), 'eager.yaml': agent('    commands: { hi: Say hi }\n') })
  const provider = await providerServer(steps)
  await mkdir(join(folder.path, 'bin'))
  const path = join(folder.path, 'bin/memory')
  await writeFile(path, `#!/bin/sh\ntouch '${folder.path}/started'\nexec '${process.execPath}' '${server}'\n`)
  await chmod(path, 0o755)
  const around = { cwd: folder.path, env: { ...provider.env, HOME: folder.path } }
  return {
    provider,
    isStarted: () => existsSync(join(folder.path, 'started')),
    exec: (file: string, ...args: string[]) => reprise(['exec', file, '--yolo', ...args], around),
    replay: async (...args: string[]) => {
      rmSync(join(folder.path, 'bin'), { recursive: true })
      return await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...args], {
        cwd: folder.path,
        ...noNetwork,
      })
    },
    tools: () => reprise(['tools', 'agent.yaml'], around),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
    },
  }
}

const search = { toolCalls: [{ name: 'search_tool', input: { query: 'graph' } }] }
const add = { toolCalls: [{ name: 'add_tool', input: { name: 'read_graph' } }] }
const read = { toolCalls: [{ name: 'read_graph', input: {} }] }
const done = { text: 'Done.' }

test('a server of which all tools are deferred is not started before somebody looks for tools', async () => {
  await using here = await place([done, done])
  const { code, stderr } = await here.exec('agent.yaml', '--record=tape', 'Hi', 'And?')
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Recorded: .*\n$/) })
  expect(here.isStarted()).toBe(false)
  expect(toolsIn(here.provider.requests[0]!)).toEqual(['list_todos', 'search_tool', 'add_tool'])
  expect((await here.replay('Hi', 'And?')).code).toBe(0)
})

test('it is started by the search, and one that cannot be is told; a replay has neither', async () => {
  await using here = await place([search, add, read, done])
  const recorded = await here.exec('agent.yaml', '--record=tape', 'Look')
  expect(recorded.code, recorded.stderr).toBe(0)
  expect(here.isStarted()).toBe(true)
  const [found, added, graph] = resultsIn(here.provider.requests.at(-1)!)
  expect(found).toMatch(/^Found \d+ deferred tool\(s\):\n\[.*"read_graph".*\]\nThe MCP server absent cannot be used/)
  expect(added).toContain("Tool 'read_graph' has been activated")
  expect(graph).toContain('"entities"')
  const replayed = await here.replay('Look')
  expect(replayed).toMatchObject({ code: 0, stdout: recorded.stdout })
})

test('a conversation that is taken up again has what was added, and so has its recording', async () => {
  await using here = await place([add, done, read, done])
  await here.exec('agent.yaml', 'Take it')
  const recorded = await here.exec('agent.yaml', '--session=-1', '--record=tape', 'Read it')
  expect(recorded.code, recorded.stderr).toBe(0)
  expect(here.provider.requests.map(request => toolsIn(request).includes('read_graph'))).toEqual([
    false,
    true,
    true,
    true,
  ])
  expect(await here.replay('Read it')).toMatchObject({ code: 0, stdout: recorded.stdout })
})

test('it starts at once where a command may call its tools; such a recording plays back where it need not', async () => {
  await using here = await place([add, read, done])
  const recorded = await here.exec('eager.yaml', '--record=tape', 'Go')
  expect(recorded.stderr).toContain('The MCP server absent cannot be used')
  expect(resultsIn(here.provider.requests.at(-1)!)[1]).toContain('"entities"')
  expect(await here.replay('Go')).toMatchObject({ code: 0, stdout: recorded.stdout })
})

test('reprise tools shows them all the same', async () => {
  await using here = await place([])
  expect((await here.tools()).stdout).toMatch(/read_graph\(\) .*\[deferred\]/)
})
