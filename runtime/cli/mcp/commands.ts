import type { Command } from 'commander'
import { collect } from '../collect.ts'
import type { Terminal } from '../terminal.ts'

type Done = (exit: number) => void

/** `reprise mcp …`: the MCP servers of an agent file, without running it. */
export const mcpCommands = (program: Command, terminal: Terminal, done: Done): void => {
  const mcp = program.command('mcp').description('look at the MCP servers of an agent file, and log in to them')
  const command = (name: string, description: string, server: string): Command =>
    mcp
      .command(name)
      .description(description)
      .argument('<file>', 'the agent file')
      .argument('[server]', server)
      .option('--working-dir <folder>', 'the folder to start servers in')
      .option('--env-from-file <file>', 'take environment variables from a file; may be repeated', collect)

  command('list', 'print the MCP servers of an agent file; nothing is started', 'only this one').action(
    async (file, server, options) => done(await (await import('./list.ts')).list(file, server, options, terminal)),
  )
  command('tools', 'start the MCP servers of an agent file and print what they offer', 'only this one').action(
    async (file, server, options) => done(await (await import('./list.ts')).tools(file, server, options, terminal)),
  )
  command('login', 'log in to a remote MCP server', 'which one, if there are several').action(
    async (file, server, options) => done(await (await import('./login.ts')).login(file, server, options, terminal)),
  )
  command('logout', 'forget the logins of MCP servers', 'only this one').action(async (file, server, options) =>
    done(await (await import('./login.ts')).logout(file, server, options, terminal)),
  )
}
