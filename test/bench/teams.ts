import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command } from '../support/cli.ts'
import { providerServer } from '../support/provider-server.ts'

/**
 * What agents side by side cost: the peak of memory (resident set, in MB) of a run in which one works, and in which ten
 * do, each in the background with an answer of 4,000 words; recorded, and replayed.
 */
const words = Array.from({ length: 4000 }, (_, index) => `word${index} `)

const agentOf = (members: readonly string[]) => `agents:
  root:
    model: openai/gpt-4o
    instruction: You are the lead.
    sub_agents: [${members.join(', ')}]
    toolsets: [{ type: background_agents }]
${members.map(name => `  ${name}:\n    model: openai/gpt-4o\n    instruction: You are ${name}.\n`).join('')}`

const tellPeak =
  'data:text/javascript,process.on("exit",()=>process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`))'

const megabytes = async (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<number> => {
  const child = spawn(process.execPath, ['--import', tellPeak, command, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`)
  return Number(/peak (\d+)/.exec(said)?.[1]) / 1024
}

const measure = async (count: number): Promise<readonly [live: number, recorded: number, replayed: number]> => {
  const names = Array.from({ length: count }, (_, index) => `member${index}`)
  const folder = mkdtempSync(join(tmpdir(), 'reprise-bench-'))
  writeFileSync(join(folder, 'agent.yaml'), agentOf(names))
  await using server = await providerServer(({ body }) => {
    const text = JSON.stringify(body)
    if (!text.includes('You are the lead.')) return { text: words }
    if (text.includes('is completed')) return { text: 'Done.' }
    if (text.includes('task started')) return { text: 'I wait.' }
    return { toolCalls: names.map(agent => ({ name: 'run_background_agent', input: { agent, task: 'Write.' } })) }
  })
  const live = await megabytes(['exec', 'agent.yaml', 'Go.'], folder, server.env)
  const recorded = await megabytes(['exec', 'agent.yaml', '--record=tape', 'Go.'], folder, server.env)
  const replayed = await megabytes(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go.'], folder, {})
  rmSync(folder, { recursive: true })
  return [live, recorded, replayed]
}

const cells = (values: readonly (number | string)[]): string => values.map(value => String(value).padStart(12)).join('')

console.log(cells(['agents', 'live MB', 'recorded MB', 'replayed MB']))
for (const count of [1, 10]) {
  const measured = await measure(count)
  console.log(cells([count, ...measured.map(value => value.toFixed(0))]))
}
