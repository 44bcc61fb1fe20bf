import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { matchers, type PlayedRun, play, type RepriseMatchers } from '../runtime/testing/index.ts'
import { helloAgent } from './support/agents.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends RepriseMatchers<R> {}
}
expect.extend(matchers)

const noKeys = { CI: 'true', HOME: '/home/nobody' }
const noFetch = () => Promise.reject(new Error('a replay reaches no network'))
const team = (): Promise<PlayedRun> =>
  play('agents/team.yaml', {
    messages: 'Write a note on why the sea is salty.',
    env: noKeys,
    fetch: noFetch as typeof fetch,
  })

test('a run is played from its cassette, and tells what it did', async () => {
  const run = await team()
  expect(run).toHaveAnswered(/Why the Sea Keeps Its Salt/)
  expect(run).toHaveDelegatedTo('researcher', 'editor')
  expect(run).toHaveSpentAtMost({ tokens: 10_000, cost: 1 })
  expect(run).toMatchObject({ recorded: false, endings: ['done'], cassette: 'cassettes/team' })
  expect(run.agents).toEqual(expect.arrayContaining(['root', 'researcher', 'editor']))
  expect(run.usage.output).toBeGreaterThan(0)
})

test('calls are told with their arguments, results and order', async () => {
  const run = await play('agents/code-reviewer.yaml', {
    messages: 'Review pkg/auth/handler.go for security issues',
    env: noKeys,
  })
  expect(run).toHaveCalled('read_file', { path: 'pkg/auth/handler.go' })
  expect(run).not.toHaveCalled('write_file')
  expect(run).toHaveCalledInOrder(['read_file'])
  expect(run.calls[0]?.result).toContain('package auth')
})

test('what does not hold is told with what the run did instead', async () => {
  const run = await team()
  expect(() => expect(run).toHaveCalled('transfer_task', { agent: 'nobody' })).toThrow(
    /root: transfer_task\([\s\S]*- agent: "nobody"\n {4}\+ agent: "researcher"/,
  )
  expect(() => expect(run).toHaveAnswered('no such words')).toThrow(/It answered:\n {2}# Why the Sea/)
  expect(() => expect(run).toHaveCalledInOrder(['transfer_task', 'shell'])).toThrow(/no shell after the first 1/)
  expect(() => expect(run).toHaveSpentAtMost({ calls: 1 })).toThrow(/and [2-9] calls/)
})

test('several cassettes play side by side in one process', async () => {
  const runs = await Promise.all(Array.from({ length: 8 }, team))
  expect(new Set(runs.map(run => JSON.stringify(run.events))).size).toBe(1)
})

test('a missing cassette is recorded where a key is, and played from then on', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'Hello to you.' }])
  const options = { messages: 'Hello', cassette: 'tapes/hello', workingDirectory: folder.path }
  const first = await play('agent.yaml', {
    ...options,
    record: 'missing',
    env: { ...server.env, HOME: '/home/nobody' },
  })
  expect(first).toMatchObject({ recorded: true, answer: 'Hello to you.' })
  const second = await play('agent.yaml', { ...options, env: noKeys, fetch: noFetch as typeof fetch })
  expect(second).toMatchObject({ recorded: false, answer: 'Hello to you.' })
  expect(second.events).toEqual(first.events)
  expect(readFileSync(join(folder.path, 'tapes/hello.yaml'), 'utf8')).not.toContain(server.env['OPENAI_API_KEY'])
})

test('nothing is recorded in CI, and the missing cassette is named', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  const options = { messages: 'Hello', workingDirectory: folder.path, env: noKeys }
  await expect(play('agent.yaml', options)).rejects.toThrow(/cassettes\/agent/)
  expect(existsSync(join(folder.path, 'cassettes'))).toBe(false)
  await expect(play('agent.yaml', { ...options, env: { RECORD: 'often' } })).rejects.toThrow(/RECORD is "often"/)
})

test('a failure says what to do in a test, and where the test called', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }])
  const options = { messages: 'First', cassette: 'tape', workingDirectory: folder.path }
  await expect(play('agent.yaml', { ...options, env: { HOME: '/home/nobody' } })).rejects.toThrow(
    /OPENAI_API_KEY is not set\.\nA test records what it has no cassette for/,
  )
  await play('agent.yaml', { ...options, record: 'all', env: server.env })
  const failure = await play('agent.yaml', { ...options, messages: 'Other', env: noKeys }).catch(
    (error: Error) => error,
  )
  expect(failure).toMatchObject({
    code: 'cassette-miss',
    message: expect.stringMatching(/run the test with RECORD=all\.$/),
  })
  expect((failure as Error).stack).toMatch(/RECORD=all\.\n +at .*testing-library\.test\.ts/)
})

test('interactions that nobody asked for fail the run, unless they may be left', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }])
  const options = { cassette: 'tape', workingDirectory: folder.path }
  await play('agent.yaml', { ...options, messages: ['First', 'Second'], record: 'all', env: server.env })
  const short = { ...options, messages: ['First'], env: noKeys }
  await expect(play('agent.yaml', short)).rejects.toMatchObject({ code: 'cassette-unused' })
  expect(await play('agent.yaml', { ...short, allUsed: false })).toMatchObject({ answers: ['One.'] })
})
