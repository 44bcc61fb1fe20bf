import { expect, test } from 'vitest'
import { inOrder, open } from '../runtime/index.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { temporaryFolder } from './support/temp.ts'

const withFallback = `agents:
  root:
    model: openai/gpt-4o
    instruction: Answer in one word.
    fallback:
      models: [anthropic/claude-sonnet-4-5]
      cooldown: 1m
`

type Told = { readonly lines: string; readonly failure: unknown; readonly notices: readonly string[] }

type Way = {
  readonly folder: string
  readonly agent: string
  readonly env?: Readonly<Record<string, string>>
  /** The time of each turn. */
  readonly times?: readonly string[]
} & ({ readonly record: string } | { readonly fake: string })

const later = ['23:00:00', '23:00:01', '23:00:02']

/** Three turns, told as events. */
const conversed = async ({ folder, agent, env = {}, times = later, ...way }: Way): Promise<Told> => {
  let now = times[0]!
  const conversation = await open({
    source: { path: 'agent.yaml', text: agent },
    env,
    home: '/home/somebody',
    workingDirectory: folder,
    cassettesFrom: folder,
    models: [],
    promptFiles: [],
    strict: true,
    yolo: true,
    person: async () => ({ verdict: 'no' }),
    notice: () => undefined,
    fetch,
    now: () => new Date(`2026-11-26T${now}Z`),
    ...way,
  })
  const lines: string[] = []
  for (const [turn, text] of ['One', 'Two', 'Three'].entries()) {
    now = times[turn]!
    const events = conversation.say([{ type: 'text', text }], new AbortController().signal)
    for await (const event of inOrder(events)) lines.push(JSON.stringify(event))
  }
  const { failure, notices } = await conversation.close(undefined)
  return { lines: lines.join('\n'), failure, notices }
}

test('a replay falls back, cools down and returns to the first model as the recording did', async () => {
  await using folder = await temporaryFolder()
  const answers: ProviderStep[] = [
    { status: 429, message: 'Slow down.', headers: { 'retry-after': '9' } },
    { text: 'Deputy.' },
    { text: 'Still.' },
    { text: 'First.' },
  ]
  await using server = await providerServer(answers)
  const times = ['12:00:00', '12:00:30', '12:01:01']
  const recorded = await conversed({ folder: folder.path, agent: withFallback, env: server.env, times, record: 'tape' })
  expect(server.requests.map(({ protocol }) => protocol)).toEqual([
    'openai-chat',
    'anthropic-messages',
    'anthropic-messages',
    'openai-chat',
  ])
  const replayed = await conversed({ folder: folder.path, agent: withFallback, fake: 'tape' })
  expect(replayed.failure).toBeUndefined()
  expect(replayed.lines).toBe(recorded.lines)
})

test('a replay without keys asks the model that auto was when there were some', async () => {
  await using folder = await temporaryFolder()
  const agent = 'agents:\n  root:\n    instruction: Answer in one word.\n'
  await using server = await providerServer(() => ({ text: 'Hello.' }))
  const recorded = await conversed({
    folder: folder.path,
    agent,
    env: server.env,
    record: 'tape',
  })
  expect(new Set(server.requests.map(({ body }) => body['model']))).toEqual(new Set(['claude-sonnet-4-5']))
  const replayed = await conversed({ folder: folder.path, agent, fake: 'tape' })
  expect(replayed.failure).toBeUndefined()
  expect(replayed.lines).toBe(recorded.lines)
})
