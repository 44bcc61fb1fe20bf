import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Form, FormAnswer } from '../runtime/core/form.ts'
import type { McpWorld, Sampling } from '../tools/mcp/config.ts'
import { callOf, hostileServer, mcpWorld, namesIn, nodeServer, serverPath, signal } from './support/mcp.ts'

const everything = (world: Partial<McpWorld>) => nodeServer([serverPath('everything')], { world: mcpWorld(world) })

/** Calls a tool of server-everything whose questions are answered so; what was asked, and what came of it. */
const asked = async (tool: string, answer: FormAnswer, input: object = {}) => {
  const forms: Form[] = []
  const ask = async (form: Form) => {
    forms.push(form)
    return answer
  }
  await using server = everything({ ask })
  await server.offer(signal)
  return { forms, said: JSON.stringify(await callOf(server, tool, input)) }
}

test('a server asks a person for fields, and gets what he fills in', async () => {
  const { forms, said } = await asked('trigger-elicitation-request', {
    action: 'accept',
    content: { name: 'Ann', check: true, untitledSingleSelectEnum: 'Ross' },
  })
  expect(forms).toHaveLength(1)
  expect(forms[0]).toMatchObject({ from: 'The MCP server server', schema: { type: 'object', required: ['name'] } })
  expect(said).toMatch(/Name: Ann/)
})

test.each<FormAnswer>([{ action: 'decline' }, { action: 'cancel' }])('a person may $action', async answer => {
  const { said } = await asked('trigger-elicitation-request', answer)
  expect(said).toContain(answer.action === 'decline' ? 'declined' : 'cancelled')
})

test.each([false, true])('a server sends a person to a page (by an error: %s)', async errorPath => {
  const { forms, said } = await asked(
    'trigger-url-elicitation',
    { action: 'accept' },
    { url: 'https://example.com/pay', message: 'Pay first', errorPath },
  )
  expect(forms.at(-1)).toEqual({
    from: 'The MCP server server',
    message: 'Pay first',
    url: 'https://example.com/pay',
  })
  expect(forms).toHaveLength(errorPath ? 2 : 1)
  expect(said).toMatch(/accept/i)
})

test('a person who does not go to a page is the end of the call', async () => {
  const { forms, said } = await asked(
    'trigger-url-elicitation',
    { action: 'decline' },
    { url: 'https://example.com/pay', errorPath: true },
  )
  expect(forms).toHaveLength(1)
  expect(said).toMatch(/ToolFailure: This request requires browser/)
})

test('a server asks the model of the agent', async () => {
  const samplings: Sampling[] = []
  const sample = async (sampling: Sampling) => {
    samplings.push(sampling)
    return { text: 'Because of the rivers.', model: 'a-model' }
  }
  await using server = everything({ sample })
  await server.offer(signal)
  const said = JSON.stringify(
    await callOf(server, 'trigger-sampling-request', { prompt: 'Why is the sea salty?', maxTokens: 9 }),
  )
  expect(said).toContain('Because of the rivers.')
  expect(JSON.stringify(samplings[0]?.messages)).toContain('Why is the sea salty?')
})

test('a model that is refused to a server is an error for the server, not for us', async () => {
  const sample = () => Promise.reject(new Error('Ann said no'))
  await using server = everything({ sample })
  await server.offer(signal)
  expect(await callOf(server, 'trigger-sampling-request', { prompt: 'Hm?', maxTokens: 9 })).toMatch(/Ann said no/)
})

test('where nobody can be asked, servers are told so and do not offer to ask', async () => {
  await using server = everything({})
  const names = namesIn(await server.offer(signal))
  expect(names.filter(name => /elicitation|sampling/.test(name))).toEqual([])
})

test('the time of a call stands still while a person thinks', async () => {
  const ask = async (): Promise<FormAnswer> => {
    await wait(1500)
    return { action: 'decline' }
  }
  await using server = hostileServer('asks for everything', { timeout: 1, world: mcpWorld({ ask }) })
  await server.offer(signal)
  expect(JSON.stringify(await callOf(server, 'act'))).toMatch(/decline.*700/)
})

test('a call that is cancelled does not wait for the person', async () => {
  const stop = new AbortController()
  const ask = async (_: Form, signal: AbortSignal): Promise<FormAnswer> => {
    stop.abort(new Error('the user has gone'))
    await wait(60_000, undefined, { signal }).catch(() => undefined)
    return { action: 'cancel' }
  }
  await using server = hostileServer('asks for everything', { world: mcpWorld({ ask }) })
  await server.offer(signal)
  expect(await callOf(server, 'act', {}, { signal: stop.signal })).toContain('the user has gone')
})

test('a server that asks the model without end is told when it is enough', async () => {
  let asked = 0
  const sample = async () => {
    asked += 1
    return { text: 'Yes.', model: 'gpt' }
  }
  await using server = hostileServer('asks the model without end', { world: mcpWorld({ sample }) })
  await server.offer(signal)
  expect(JSON.stringify(await callOf(server, 'act'))).toMatch(/101: .*The model was asked 100 times, which is enough/)
  expect(asked).toBe(100)
})

test('a server may fetch the answers of a person and of a model later, as tasks', async () => {
  const forms: Form[] = []
  const ask = async (form: Form): Promise<FormAnswer> => {
    forms.push(form)
    return { action: 'accept', content: { name: 'Ann', favoriteColor: 'Red' } }
  }
  const sample = async ({ messages }: Sampling) => {
    if (JSON.stringify(messages).includes('refuse')) throw new Error('The user does not allow it.')
    return { text: 'Because of rivers.', model: 'gpt' }
  }
  await using server = everything({ ask, sample })
  const names = namesIn(await server.offer(signal))
  const said = async (name: string, input = {}) => {
    expect(names).toContain(name)
    return JSON.stringify(await callOf(server, name, input))
  }
  expect(await said('trigger-elicitation-request-async')).toMatch(/COMPLETED[\s\S]*Ann/)
  expect(forms).toHaveLength(1)
  expect(await said('trigger-sampling-request-async', { prompt: 'Why salt?' })).toMatch(
    /COMPLETED[\s\S]*Because of rivers\./,
  )
  expect(await said('trigger-sampling-request-async', { prompt: 'refuse' })).toMatch(/FAILED/)
})
