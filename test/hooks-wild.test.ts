import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import { wildFolder } from './support/wild.ts'

const file = join(wildFolder ?? '', 'agents/hooks.yaml')
const hasJq = (process.env['PATH'] ?? '').split(delimiter).some(folder => existsSync(join(folder, 'jq')))

const running = (cmd: string) => ({ toolCalls: [{ name: 'shell', input: { cmd } }] })

test.skipIf(wildFolder === undefined || !hasJq)(
  "cagent's own example of hooks does what it says (skipped where ../shared/wild or jq is absent)",
  async () => {
    await using here = await folderWith({ 'agent.yaml': readFileSync(file, 'utf8'), victim: 'stays' })
    const lines = ['echo hello', 'rm -rf victim', 'cd . && sudo rm victim', 'ls']
    await using server = await providerServer([...lines.map(running), { text: 'Done.' }])
    const options = { cwd: here.path, env: server.env }
    const recorded = await reprise(['exec', 'agent.yaml', '--yolo', '--record=tape', 'Go'], options)
    expect(recorded.code).toBe(0)
    expect(recorded.stdout).toContain('shell response → "hello"')
    expect(recorded.stdout.match(/Tool call blocked by hook: 🚫 HOOK BLOCKED/g)).toHaveLength(2)
    expect(recorded.stdout).toContain('Calling shell(cmd: "ls -h")')
    expect(recorded.stderr).toContain('📝 Hook modified command: added -h flag')
    expect(readFileSync(join(here.path, 'victim'), 'utf8')).toBe('stays')
    const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], { cwd: here.path })
    expect(replayed.stdout).toBe(recorded.stdout)
  },
)
