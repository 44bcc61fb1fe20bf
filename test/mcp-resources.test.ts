import { expect, test } from 'vitest'
import type { OfferingToolset } from '../runtime/core/tool.ts'
import { mcpToolset } from '../tools/mcp/toolset.ts'
import { callOf, hostileServer, mcpWorld, namesIn, nodeServer, serverPath, signal } from './support/mcp.ts'
import { everythingOver } from './support/mcp-http.ts'

/** server-everything, by each way to a server. */
const ways: Readonly<Record<string, (stack: AsyncDisposableStack) => Promise<OfferingToolset>>> = {
  stdio: async stack => stack.use(nodeServer([serverPath('everything')], { prefix: 'all' })),
  'streamable HTTP': async stack => stack.use(farAway(stack.use(await everythingOver('streamableHttp')).url)),
  SSE: async stack => stack.use(farAway(stack.use(await everythingOver('sse')).url, 'sse')),
}

const farAway = (url: string, transport?: 'sse') =>
  mcpToolset(
    { name: 'far', prefix: 'all', server: { type: 'remote', url, headers: {}, ...(transport && { transport }) } },
    mcpWorld(),
  )

test.each(Object.entries(ways))('over %s a model lists and reads what a server has', async (_, open) => {
  await using stack = new AsyncDisposableStack()
  const server = await open(stack)
  const { tools } = await server.offer(signal)
  expect(tools.filter(({ name }) => name.endsWith('_resources') || name.endsWith('_resource'))).toMatchObject([
    { name: 'all_list_resources', readOnly: true },
    { name: 'all_read_resource', readOnly: true },
  ])
  const said = async (name: string, input = {}) => JSON.stringify(await callOf(server, name, input))
  const list = await said('all_list_resources')
  expect(list).toMatch(/demo:\/\/resource\/static\/document\/features\.md {2}features\.md: [^\n]*\(text\/markdown\)/)
  expect(list).toContain('demo://resource/dynamic/text/{resourceId}')
  expect(await said('all_read_resource', { uri: 'demo://resource/static/document/features.md' })).toContain('## Tools')
  expect(await said('all_read_resource', { uri: 'demo://resource/dynamic/blob/7' })).toContain('Resource 7: This is a')
  expect(await said('all_read_resource', { uri: 'demo://nothing' })).toContain('not found')
  expect(await said('all_read_resource')).toContain('The parameter uri is missing.')
  // What a call has brought about can be read, too, as long as the session lasts.
  const data = { name: 'salt.gz', data: 'data:text/plain,salt' }
  expect(await said('all_gzip-file-as-resource', data)).toContain('demo://resource/session/salt.gz')
  expect(await said('all_list_resources')).toContain('demo://resource/session/salt.gz')
  expect(await said('all_read_resource', { uri: 'demo://resource/session/salt.gz' })).toContain('application/gzip')
})

test('the file chooses these tools as any others, and servers without resources have none', async () => {
  await using chosen = nodeServer([serverPath('everything')], { only: ['echo', 'read_resource'] })
  expect(namesIn(await chosen.offer(signal))).toEqual(['echo', 'server_read_resource'])
  await using files = nodeServer([serverPath('filesystem'), '.'])
  expect(namesIn(await files.offer(signal)).filter(name => name.includes('resource'))).toEqual([])
})

test('a server that says it has resources and lists none, or lists nonsense, offers its own tools', async () => {
  await using broken = hostileServer('resources that break')
  expect(namesIn(await broken.offer(signal))).toEqual(['act'])
  await using odd = hostileServer('resources that are odd')
  expect(namesIn(await odd.offer(signal))).toEqual(['act', 'read_resource', 'server_list_resources'])
  expect(await callOf(odd, 'read_resource', { uri: 'x' })).toEqual([{ type: 'text', text: 'Its own.' }])
  expect(await callOf(odd, 'server_list_resources')).toEqual([{ type: 'text', text: 'a://b  One two' }])
})
