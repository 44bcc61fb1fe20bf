import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { conversed } from './support/conversed.ts'
import { asked, modelAt, tellingOf } from './support/model-call.ts'
import { providerServer } from './support/provider-server.ts'
import { temporaryFolder } from './support/temp.ts'

/** A port on which nobody listens. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test.for([
  ['openai', '/v1', /^Start the server at http:\/\/127\.0\.0\.1:\d+, or correct the base URL\.$/],
  ['anthropic', '', /^Start the server at /],
  ['google', '', /^Start the server at /],
  ['ollama', '/v1', /ollama serve.*ollama pull/],
  ['dmr', '/engines/v1', /enable model-runner --tcp 12434/],
] as const)('%s: a local server that is down', async ([provider, path, hint]) => {
  const base_url = `http://127.0.0.1:${await closedPort()}${path}`
  const keys = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', GOOGLE_API_KEY: 'k' }
  const told = tellingOf(await asked(modelAt({ provider, model: 'm', base_url }, keys)))
  expect(told.code).toBe('model-unavailable')
  expect(told.message).toBe(`${provider} at ${new URL(base_url).origin} could not be reached: nothing answers there.`)
  expect(told.hint).toMatch(hint)
})

test.for([
  ['openai', '/v1'],
  ['google', ''],
] as const)('%s: a host that does not exist', async ([provider, path]) => {
  const config = { provider, model: 'm', base_url: `http://no-such-host.invalid${path}` }
  const told = tellingOf(await asked(modelAt(config, { OPENAI_API_KEY: 'k', GOOGLE_API_KEY: 'k' })))
  expect(told).toEqual({
    code: 'model-unavailable',
    message: `${provider} at http://no-such-host.invalid could not be reached: there is no such host, or no network.`,
    hint: `Check the network, and the base URL of ${provider}.`,
  })
})

test('a server that speaks no TLS is told as such', async () => {
  await using server = await providerServer([])
  const config = { provider: 'openai', model: 'gpt-4o', base_url: server.url.replace('http:', 'https:') }
  const told = tellingOf(await asked(modelAt(config, server.env)))
  expect(told.code).toBe('model-address')
  expect(told.message).toContain('its certificate or its TLS was not accepted')
})

test('an address that cannot get better is asked once, and a replay tells the same', async () => {
  await using folder = await temporaryFolder()
  const agent = `providers:
  here: { api_type: openai_chatcompletions, base_url: "http://127.0.0.1:6000/v1" }
agents:
  root: { model: here/m, instruction: Help. }
`
  const recorded = await conversed({ folder: folder.path, agent, record: 'tape' })
  expect(recorded.failure).toMatchObject({
    code: 'model-address',
    message: 'here at http://127.0.0.1:6000 could not be reached: no request is ever sent to that port.',
  })
  expect(recorded.lines).not.toContain('"retry"')
  const replayed = await conversed({ folder: folder.path, agent, fake: 'tape' })
  expect(replayed.failure).toMatchObject({ code: 'model-address' })
  expect(replayed.lines).toBe(recorded.lines)
})
