import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkAgentFile } from '../runtime/config/load.ts'
import type { AgentConfig } from '../runtime/config/schema.ts'
import { providers } from '../runtime/models/providers.ts'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import { wildFolder } from './support/wild.ts'

const folder = join(wildFolder ?? '', 'agents')
const names = wildFolder === undefined ? [] : readdirSync(folder).filter(name => name.endsWith('.yaml'))
/** What some of them want to be set. */
const env = { HA_TOKEN: 'a token', BRAVE_API_KEY: 'a key' }
const known = { env, providers: providers.map(({ name }) => name) }

const agentsIn = (name: string): readonly AgentConfig[] => {
  const { file } = checkAgentFile({ path: name, text: readFileSync(join(folder, name), 'utf8') }, known)
  const agents = file?.agents ?? []
  // Those that talk to a server, and who is spoken to first.
  return agents.filter(({ toolsets = [] }, index) => index === 0 || toolsets.some(({ type }) => type === 'mcp'))
}

/** Every agent of the files that this release can do. */
const all = names.flatMap(name => agentsIn(name).map(agent => [name, agent.name, agent] as const))

test.skipIf(names.length === 0)('most files of others can be started (skipped where ../shared/wild is absent)', () => {
  expect(new Set(all.map(([name]) => name)).size).toBeGreaterThan(45)
})

/** Speaks to an agent where no program is installed but Node, before a provider that says one word. */
const spokenTo = async (name: string, agent: string) => {
  await using here = await folderWith({ 'agent.yaml': readFileSync(join(folder, name), 'utf8') })
  mkdirSync(join(here.path, 'bin'))
  symlinkSync(process.execPath, join(here.path, 'bin/node'))
  await using server = await providerServer([{ text: 'Hello.' }])
  return await reprise(['exec', 'agent.yaml', '--agent', agent, '--model', 'openai/gpt-4o', 'Hi'], {
    cwd: here.path,
    env: { ...server.env, ...env, PATH: join(here.path, 'bin') },
  })
}

/** What an agent needs beside Reprise, as it must be named where it is not there. */
const needsOf = ({ toolsets = [] }: AgentConfig): string[] =>
  toolsets.flatMap(({ type, ref, command }) => {
    if (type !== 'mcp') return []
    if (command !== undefined) return [`the command ${command} was not found. Is it installed?`]
    return ref?.startsWith('docker:') ? [`${ref} runs in Docker's MCP gateway, and there is no Docker here.`] : []
  })

/** Sentences about what may be there or not: servers in the network, and programs that hooks call. */
const mayLack = /cannot be used|command not found/

test.each(all)('%s: the agent %s starts and answers, and says what it lacks', async (name, agent, config) => {
  const { code, stdout, stderr } = await spokenTo(name, agent)
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/--- Agent: [\w-]+ ---\nHello\.$/) })
  for (const need of needsOf(config)) expect(stderr).toContain(need)
  const sentences = stderr.split('\n').filter(line => /^\S/.test(line))
  expect(sentences.filter(sentence => !mayLack.test(sentence))).toEqual([])
})
