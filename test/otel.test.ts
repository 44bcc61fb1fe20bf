import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { helloAgent, teamAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> }
type Span = {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceId: string
  readonly attributes: readonly Attribute[]
  readonly status: { readonly code?: number }
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
}

/** Takes what OTLP over HTTP brings, as JSON. */
const collector = async () => {
  const taken: { readonly path: string; readonly headers: object; readonly body: Record<string, unknown> }[] = []
  const server = createServer(async (request, response) => {
    taken.push({ path: request.url ?? '', headers: request.headers, body: (await json(request)) as never })
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // biome-ignore lint/suspicious/noExplicitAny: the shapes of OTLP are not ours
  const parts = (path: string, ...keys: string[]): any[] =>
    keys.reduce<unknown[]>(
      (all, key) => all.flatMap(one => (one as Record<string, unknown[]>)[key] ?? []),
      taken.filter(one => one.path === path).map(({ body }) => body),
    )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    spans: (): Span[] => parts('/v1/traces', 'resourceSpans', 'scopeSpans', 'spans'),
    resources: () => parts('/v1/traces', 'resourceSpans').map(({ resource }) => resource.attributes),
    metrics: () => parts('/v1/metrics', 'resourceMetrics', 'scopeMetrics', 'metrics'),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const attributeOf = ({ attributes }: Span, key: string): unknown => {
  const value = attributes.find(one => one.key === key)?.value
  return value && Object.values(value)[0]
}

test('a collector gets a tree of spans: agents, answers, calls, and agents below calls', async () => {
  await using folder = await folderWith({ 'agent.yaml': teamAgent })
  await using server = await providerServer([
    { toolCalls: [{ name: 'transfer_task', input: { agent: 'writer', task: 'Write', expected_output: 'A line' } }] },
    { text: 'A line.', when: 'You are the writer' },
    { text: 'Done.' },
  ])
  await using otel = await collector()
  const env = {
    ...server.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: otel.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a%20b',
    OTEL_SERVICE_NAME: 'writers',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=ci',
  }
  const run = await reprise(['exec', 'agent.yaml', '--otel', '--quiet', 'Hi'], { cwd: folder.path, env })
  expect(run).toMatchObject({ code: 0, stdout: 'Done.\n', stderr: '' })
  const spans = otel.spans()
  const parentOf = (span: Span): string | undefined => spans.find(({ spanId }) => spanId === span.parentSpanId)?.name
  expect(spans.map(span => [span.name, parentOf(span)]).toSorted()).toEqual(
    [
      ['invoke_agent root', undefined],
      ['chat gpt-4o', 'invoke_agent root'],
      ['execute_tool transfer_task', 'invoke_agent root'],
      ['invoke_agent writer', 'execute_tool transfer_task'],
      ['chat gpt-4o-mini', 'invoke_agent writer'],
      ['chat gpt-4o', 'invoke_agent root'],
    ].toSorted(),
  )
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
  const chat = spans.find(({ name }) => name === 'chat gpt-4o-mini')
  if (!chat) throw new Error('no span of the writer')
  expect(attributeOf(chat, 'gen_ai.provider.name')).toBe('openai')
  expect(attributeOf(chat, 'gen_ai.agent.name')).toBe('writer')
  expect(Number(attributeOf(chat, 'gen_ai.usage.output_tokens'))).toBeGreaterThan(0)
  expect(BigInt(chat.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(chat.startTimeUnixNano))
  expect(JSON.stringify(spans)).not.toContain('A line')
  expect(otel.taken[0]?.headers).toMatchObject({ 'x-team': 'a b' })
  expect(JSON.stringify(otel.resources())).toMatch(/writers.*deployment\.environment.*ci/)
  const names = otel.metrics().map(({ name }) => name)
  expect(names.toSorted()).toEqual(['gen_ai.client.operation.duration', 'gen_ai.client.token.usage'])
})

test('what failed is marked, and what was refused as well', async () => {
  await using folder = await folderWith({ 'agent.yaml': `${helloAgent}    toolsets:\n      - type: shell\n` })
  await using server = await providerServer([
    { toolCalls: [{ name: 'shell', input: { cmd: 'true' } }] },
    { status: 401, message: 'No such key' },
  ])
  await using otel = await collector()
  const env = { ...server.env, OTEL_EXPORTER_OTLP_ENDPOINT: otel.url }
  const run = await reprise(['exec', 'agent.yaml', '-o', 'Hi'], { cwd: folder.path, env })
  expect(run.code).toBe(1)
  const failed = otel.spans().filter(({ status }) => status.code === 2)
  expect(failed.map(span => [span.name, attributeOf(span, 'error.type')]).toSorted()).toEqual([
    ['execute_tool shell', 'denied'],
    ['invoke_agent root', 'model-auth'],
  ])
})

test('a collector that is not there is told, and the run is as it was', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }])
  const env = { ...server.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }
  const run = await reprise(['exec', 'agent.yaml', '--otel', '--quiet', 'Hi'], { cwd: folder.path, env })
  expect(run).toMatchObject({ code: 0, stdout: 'One.\n', stderr: expect.stringContaining('could not be sent') })
  const off = { ...env, OTEL_SDK_DISABLED: 'true' }
  expect(
    await reprise(['exec', 'agent.yaml', '--otel', '--quiet', 'Hi'], { cwd: folder.path, env: off }),
  ).toMatchObject({
    code: 0,
    stdout: 'Two.\n',
    stderr: '',
  })
})
