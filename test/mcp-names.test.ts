import { expect, test } from 'vitest'
import type { ToolsetConfig } from '../runtime/config/schema.ts'
import { mcpConfig, withDefinition } from '../runtime/team/tools/mcp.ts'

const config = (toolset: Omit<ToolsetConfig, 'type'>, named = {}, env = {}) =>
  mcpConfig({ type: 'mcp', ...toolset }, { named, env })

test.each<[Omit<ToolsetConfig, 'type'>, string]>([
  [{ command: './bin/tracker' }, 'tracker'],
  [{ command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory@1.2'] }, 'server-memory'],
  [{ command: 'node', args: ['/opt/server-everything/dist/index.js'] }, 'server-everything'],
  [{ command: 'uvx', args: ['yfmcp'] }, 'yfmcp'],
  [{ command: 'docker', args: ['run', '-i', '--rm', 'mcp/github'] }, 'github'],
  [{ command: 'sh', args: ['-c', 'cd /x && exec tracker'] }, 'sh'],
  [{ command: 'docker', args: ['mcp', 'gateway', 'run'] }, 'gateway'],
  [{ remote: { url: 'https://mcp.example.com/sse' } }, 'mcp.example.com'],
  [{ ref: 'docker:duckduckgo' }, 'duckduckgo'],
  [{ command: './bin/tracker', name: 'jobs' }, 'jobs'],
])('%j is called %s', (toolset, name) => {
  expect(config(toolset).name).toBe(name)
})

test('a definition is used by name, the toolset’s own words win, and variables are put together', () => {
  const named = {
    tracker: { command: 'tracker', args: ['a'], env: { A: '1', B: '1' }, instruction: 'Old', tools: ['x'] },
  }
  const toolset: ToolsetConfig = { type: 'mcp', ref: 'tracker', args: ['b'], env: { B: '2' }, instruction: 'New' }
  expect(withDefinition(toolset, { named })).toMatchObject({ instruction: 'New', tools: ['x'] })
  expect(mcpConfig(toolset, { named, env: {} })).toEqual({
    name: 'tracker',
    only: ['x'],
    server: { type: 'command', command: 'tracker', args: ['b'], env: { A: '1', B: '2' } },
  })
})

test('a variable that is named in the arguments for docker is handed on', () => {
  const args = ['run', '-e', 'GITHUB_TOKEN', '--env', 'ABSENT', '-e', 'SET=here', 'mcp/github']
  const { server } = config({ command: 'docker', args }, {}, { GITHUB_TOKEN: 'a token', OTHER: 'x' })
  expect(server).toMatchObject({ env: { GITHUB_TOKEN: 'a token' } })
})

test('a name in front belongs to the tools', () => {
  expect(config({ command: 'x', name: 'jobs', timeout: 5 })).toMatchObject({ prefix: 'jobs', timeout: 5 })
})
