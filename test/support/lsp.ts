import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LspConfig, LspWorld } from '../../tools/lsp/config.ts'
import { lspToolset } from '../../tools/lsp.ts'
import { Groups } from '../../tools/mcp/group.ts'
import { folderWith } from './temp.ts'
import { callsTo, workspaceIn } from './toolset.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Language servers that others wrote, as arguments of Node. */
export const realServers = {
  /** TypeScript's old server behind a translator: it tells what is wrong by itself, and watches files by itself. */
  'typescript-language-server': [join(root, 'node_modules/typescript-language-server/lib/cli.mjs'), '--stdio'],
  /** TypeScript's own: it is asked what is wrong, and asks to be told of files. */
  tsgo: [join(root, 'node_modules/typescript-native/bin/tsc'), '--lsp', '--stdio'],
} as const

/** The server that behaves as badly as it is told to. */
export const hostilePath: string = join(root, 'test/servers/hostile-lsp.ts')

/** One for all, as in a run: it watches for the end of the process. */
const groups = new Groups()

export const lspWorld = (rest: Partial<LspWorld> = {}): LspWorld => ({
  env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere' },
  groups,
  version: 'test',
  log: () => undefined,
  ...rest,
})

type Rest = Partial<LspConfig> & { readonly world?: LspWorld }

/** A toolset of a server that runs as a program of Node, in a folder with files. */
export const serverIn = async (
  args: readonly string[],
  files: Readonly<Record<string, string>>,
  { world = lspWorld(), ...config }: Rest = {},
) => {
  const folder = await folderWith(files)
  const toolset = lspToolset(
    { name: 'server', command: process.execPath, args, env: {}, fileTypes: [], ...config },
    world,
  )
  return {
    path: folder.path,
    toolset,
    call: callsTo(toolset, { workspace: workspaceIn(folder.path) }),
    async [Symbol.asyncDispose]() {
      await toolset[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
