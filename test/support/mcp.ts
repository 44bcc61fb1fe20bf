import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Offer, OfferingToolset, ToolContext } from '../../runtime/core/tool.ts'
import type { McpConfig, McpWorld } from '../../tools/mcp/config.ts'
import { Groups } from '../../tools/mcp/group.ts'
import { TokenStore } from '../../tools/mcp/tokens.ts'
import { mcpToolset } from '../../tools/mcp/toolset.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** The servers that others wrote, by their names, as commands. */
export const serverPath = (name: 'everything' | 'filesystem' | 'memory'): string =>
  join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`)

/** A program in a folder that starts one of them: what an agent file names, and what can be gone later. */
export const installServer = async (folder: string, name: 'everything' | 'filesystem' | 'memory'): Promise<void> => {
  const path = join(folder, 'bin', name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${serverPath(name)}' "$@"\n`)
  await chmod(path, 0o755)
}

/** One for all, as in a run: it watches for the end of the process. */
const groups = new Groups()

export const mcpWorld = (rest: Partial<McpWorld> = {}): McpWorld => ({
  env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere' },
  workingDirectory: root,
  fetch: (...asked) => fetch(...asked),
  groups,
  tokens: new TokenStore('/nowhere/mcp-tokens.json'),
  loginCommand: 'reprise mcp login agent.yaml',
  version: 'test',
  log: () => undefined,
  clean: text => text,
  ...rest,
})

export const signal = new AbortController().signal

/** A toolset of a server that runs as a program of Node. */
export const nodeServer = (
  args: readonly string[],
  { world = mcpWorld(), ...config }: Partial<McpConfig> & { readonly world?: McpWorld } = {},
): OfferingToolset =>
  mcpToolset(
    { name: 'server', server: { type: 'command', command: process.execPath, args, env: {} }, ...config },
    world,
  )

/** The server that behaves as badly as it is told to. */
export const hostilePath: string = join(root, 'test/servers/hostile-mcp.ts')

/** A toolset of the server that behaves as badly as it is told to. */
export const hostileServer = (
  how: string,
  { state = '', ...config }: Parameters<typeof nodeServer>[1] & { readonly state?: string } = {},
): OfferingToolset => nodeServer([hostilePath, how, state], config)

export const namesIn = ({ tools }: Offer): string[] => tools.map(({ name }) => name)

/** Calls a tool, and gives back its parts, or the words of its failure. */
export const callOf = async (
  toolset: OfferingToolset,
  name: string,
  input = {},
  context: Partial<ToolContext> = {},
) => {
  try {
    return await toolset.call(name, input, { signal, ...context } as ToolContext)
  } catch (error) {
    return `${error}`
  }
}
