import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { conversed, type Way } from './support/conversed.ts'
import { providerServer, type Say } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

const team = `agents:
  root:
    model: openai/gpt-4o
    instruction: You are the lead.
    sub_agents: [member]
  member:
    model: openai/gpt-4o
    instruction: You are the member.
    toolsets:
      - type: think
`
const task = { name: 'transfer_task', input: { agent: 'member', task: 'Think.', expected_output: 'A thought.' } }

/** A member that goes on for ever, each time a little otherwise. */
const endless = ({ body, turn }: { body: object; turn: number }): Say =>
  JSON.stringify(body).includes('You are the lead')
    ? { toolCalls: [task], usage: { input: 100, output: 10 } }
    : { toolCalls: [{ name: 'think', input: { thought: `Thought ${turn}` } }], usage: { input: 100, output: 10 } }

const both = async (way: Partial<Way>, script: Parameters<typeof providerServer>[0]) => {
  await using folder = await temporaryFolder()
  await using server = await providerServer(script)
  const common = { folder: folder.path, agent: team }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape', ...way })
  const replayed = await conversed({ ...common, fake: 'tape' })
  return { recorded, replayed, requests: server.requests.length }
}

test('a run stops when it has used its tokens, all agents together, and so does its replay', async () => {
  const { recorded, replayed, requests } = await both({ limits: { tokens: 500 } }, endless)
  const ends = recorded.events.flatMap(event => (event.type === 'agent-end' ? [[event.agent, event.reason]] : []))
  expect(ends).toEqual([
    ['member', 'max-tokens'],
    ['root', 'max-tokens'],
  ])
  // Each answer takes 110; the fifth is over the limit, and whole.
  expect(requests).toBe(5)
  expect(recorded.events.at(-2)).toMatchObject({ type: 'message', message: { role: 'tool' } })
  expect(replayed.lines).toBe(recorded.lines)
  expect(replayed.failure).toBeUndefined()
})

test('a run stops when it has cost enough; what has no price is told of', async () => {
  const { recorded, replayed } = await both({ limits: { cost: 0.001 } }, endless)
  expect(recorded.events.at(-1)).toMatchObject({ type: 'agent-end', reason: 'max-cost' })
  expect(replayed.lines).toBe(recorded.lines)
  const unpriced = await both({ limits: { cost: 0.001, tokens: 300 }, models: ['openai/gpt-4-unheard-of'] }, endless)
  expect(unpriced.recorded.notices.join()).toContain('The price of gpt-4-unheard-of is not known')
})

test('a run stops when its time is over, keeps what was said by then, and its replay says as much', async () => {
  const words = Array.from({ length: 5000 }, (_, index) => `word${index} `)
  const { recorded, replayed } = await both({ limits: { milliseconds: 1200 } }, ({ body }) =>
    JSON.stringify(body).includes('You are the lead') ? { toolCalls: [task, task] } : { text: words, delayMs: 3 },
  )
  expect(recorded.failure).toBeUndefined()
  expect(recorded.events.at(-1)).toMatchObject({ type: 'agent-end', agent: 'root', reason: 'timeout' })
  expect(recorded.events.filter(({ type }) => type === 'text-delta').length).toBeGreaterThan(2)
  expect(recorded.lines.match(/"stop":"interrupted"/g)).toHaveLength(2)
  expect(replayed.lines).toBe(recorded.lines)
  expect(replayed.failure).toBeUndefined()
})

test('the command line says what a run may use up, and tells when it has', async () => {
  await using folder = await folderWith({ 'agent.yaml': team })
  await using server = await providerServer(endless)
  const { code, stderr } = await reprise(['exec', 'agent.yaml', '--max-tokens', '1_000', 'Go.'], {
    cwd: folder.path,
    env: server.env,
  })
  expect(code).toBe(1)
  expect(stderr).toContain('The run was stopped: it has used as many tokens as --max-tokens allows.')
  const wrong = await reprise(['exec', 'agent.yaml', '--timeout', 'soon', 'Go.'], { cwd: folder.path })
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('--timeout takes a time such as 90s, 5m or 1h30m, not "soon".')
})

test('the settings of the user may say it for all of his runs; the command line has the last word', async () => {
  const settings = 'limits: { max_cost: 0.01, max_tokens: 300, timeout: 1h }\n'
  await using folder = await folderWith({ 'agent.yaml': team, '.config/reprise/settings.yaml': settings })
  await using server = await providerServer(endless)
  const run = (...args: string[]) =>
    reprise(['exec', 'agent.yaml', ...args, 'Go.'], { cwd: folder.path, env: { ...server.env, HOME: folder.path } })
  const { code, stderr } = await run('--record=tape')
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('as --max-tokens allows') })
  const before = server.requests.length
  expect(before).toBe(3)
  expect(await run('--max-tokens', 'none')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('as --max-cost allows'),
  })
  expect(server.requests.length).toBeGreaterThan(before * 2)
  expect(await run('--fake', 'tape')).toMatchObject({ code: 1 })
  await writeFile(join(folder.path, '.config/reprise/settings.yaml'), 'limits: { max_cots: 1 }\n')
  expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no setting "max_cots"') })
  await writeFile(join(folder.path, '.config/reprise/settings.yaml'), 'limits: { timeout: soon }\n')
  expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('not "soon"') })
})
