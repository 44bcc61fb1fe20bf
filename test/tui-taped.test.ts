import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { command, reprise } from './support/cli.ts'
import { installServer } from './support/mcp.ts'
import { providerServer } from './support/provider-server.ts'
import { keys, type Pty, ptyOf } from './support/pty.ts'
import { idle, leave } from './support/screen.ts'
import { folderWith } from './support/temp.ts'

/** Says a line, and waits for what comes of it. */
const say = async (terminal: Pty, text: string, shown: string | RegExp): Promise<void> => {
  terminal.write(text)
  terminal.write(keys.enter)
  await terminal.waitFor(shown)
}

const mcpAgent = `agents:
  root:
    model: openai/gpt-4o
    instruction: Use your tools.
    toolsets:
      - { type: mcp, name: things, command: ./bin/everything }
`

test('what the tools of a server are is looked at while it is recorded and played back, and changes nothing in either', async () => {
  await using folder = await folderWith({ 'agent.yaml': mcpAgent })
  await using server = await providerServer([{ text: 'Yes.' }, { text: 'Yes.' }])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const sit = (args: readonly string[]) =>
    ptyOf([process.execPath, command, 'run', 'agent.yaml', ...args], { cwd: folder.path, env, rows: 60 })
  await installServer(folder.path, 'everything')
  const looks = async (terminal: Pty) => {
    await terminal.waitFor(idle)
    await say(terminal, '/tools', /things_echo +~\d+ +Echoes/)
    await say(terminal, '/mcp', /things +things_echo, /)
    await say(terminal, '/context', /\d+% \d+ tools/)
    await say(terminal, 'Hi', /Yes\.\n\n>\nask/)
    await say(terminal, '/tools', /things_echo[\s\S]*things_echo/)
    await leave(terminal)
  }
  {
    await using terminal = sit(['--record=looked'])
    await looks(terminal)
  }
  const { code } = await reprise(['exec', 'agent.yaml', '--record=plain', 'Hi'], { cwd: folder.path, env })
  expect(code).toBe(0)
  const crossings = (name: string) =>
    [...readFileSync(join(folder.path, `${name}.yaml`), 'utf8').matchAll(/ {6}(?:method|url): (.*)/g)]
      .map(([, text]) => text)
      .sort()
  expect(crossings('looked')).toEqual(crossings('plain'))
  expect(
    await reprise(['exec', 'agent.yaml', '--fake', 'looked', '--strict', 'Hi'], { cwd: folder.path }),
  ).toMatchObject({ code: 0, stderr: '' })
  rmSync(join(folder.path, 'bin'), { recursive: true })
  await using terminal = sit(['--fake', 'looked', '--strict'])
  await looks(terminal)
  expect(terminal.screen()).not.toContain('not used')
})
