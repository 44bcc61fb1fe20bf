import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { JsonObject } from '../../runtime/core/json.ts'
import { type CliResult, noNetwork, reprise } from './cli.ts'
import { type ProviderRequest, type ProviderScript, providerServer } from './provider-server.ts'
import { folderWith } from './temp.ts'

export type Twice = {
  /** The whole agent file. */
  readonly agent: string
  readonly script: ProviderScript
  readonly messages?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  /** Of the recording, or how it comes of the folder in which that runs. */
  readonly env?: Readonly<Record<string, string>> | ((folder: string) => Readonly<Record<string, string>>)
  readonly options?: readonly string[]
  /** Typed at the terminal of the recording. */
  readonly input?: string
}

export type Both = {
  readonly recorded: CliResult
  readonly replayed: CliResult
  readonly cassette: string
  readonly requests: readonly ProviderRequest[]
}

/** Records an agent, and replays it elsewhere: there is no key, no network, no file and no tool, and HOME is empty. */
export const twice = async ({
  agent,
  script,
  files = {},
  env = {},
  options = ['--yolo'],
  ...rest
}: Twice): Promise<Both> => {
  const { messages = ['Go'], input } = rest
  await using there = await folderWith({ 'agent.yaml': agent })
  await using here = await folderWith({ 'agent.yaml': agent, ...files })
  await using server = await providerServer(script)
  const record = ['exec', 'agent.yaml', '--record=tape', ...options, ...messages]
  const recorded = await reprise(record, {
    cwd: here.path,
    env: { ...server.env, ...(typeof env === 'function' ? env(here.path) : env) },
    ...(input !== undefined && { input }),
  })
  const tape = join(here.path, 'tape.yaml')
  if (!existsSync(tape)) throw new Error(`nothing was recorded: ${recorded.stdout}${recorded.stderr}`)
  copyFileSync(tape, join(there.path, 'tape.yaml'))
  const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...messages]
  const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
  return { recorded, replayed, cassette: readFileSync(tape, 'utf8'), requests: server.requests }
}

const withoutNotice = ({ stderr, ...rest }: CliResult) => ({ ...rest, stderr: stderr.replace(/^Recorded: .*\n/m, '') })

/** Both did well, and said the same. */
export const expectAlike = ({ recorded, replayed }: Pick<Both, 'recorded' | 'replayed'>): void => {
  expect(recorded).toMatchObject({ code: 0 })
  expect(replayed).toEqual(withoutNotice(recorded))
}

/** The names of the tools that a request to OpenAI offers, in their order. */
export const toolsIn = ({ body }: ProviderRequest): string[] => definitionsIn(body).map(({ name }) => name)

/** What a request to OpenAI tells of its tools. */
export const definitionsIn = (body: JsonObject): { name: string; description: string; parameters: JsonObject }[] =>
  (
    (body['tools'] ?? []) as unknown as { function: { name: string; description: string; parameters: JsonObject } }[]
  ).map(tool => tool.function)

/** What tools said, as a request to OpenAI tells it. */
export const resultsIn = ({ body }: ProviderRequest): string[] =>
  (body['messages'] as { role: string; content: string }[])
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content)
