import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callOf, hostileServer, mcpWorld, namesIn, signal } from './support/mcp.ts'
import { temporaryFolder } from './support/temp.ts'

const offerOf = async (how: string, config: Parameters<typeof hostileServer>[1] = {}) => {
  await using server = hostileServer(how, config)
  return await server.offer(signal)
}

/** What a call of its one tool comes to. */
const actOf = async (how: string, config: Parameters<typeof hostileServer>[1] = {}) => {
  await using server = hostileServer(how, config)
  await server.offer(signal)
  return await callOf(server, 'act')
}

test.each([
  ['silent at start', 'it did not answer within 1 s. "timeout" in the agent file gives it longer.'],
  ['silent at list', 'it did not answer within 1 s. "timeout" in the agent file gives it longer.'],
  ['dies at start', 'it ended at its start (exit code 7).'],
  ['dies at list', 'it ended at its start (exit code 7).'],
  ['refuses at start', 'Pay first.'],
  ['speaks another version', "Server's protocol version is not supported: 1999-01-01."],
])('a server of the kind "%s" offers nothing, and it is said why', async (how, why) => {
  expect(await offerOf(how, { timeout: 1 })).toEqual({
    tools: [],
    notices: [`The MCP server server cannot be used, and its tools are missing: ${why}`],
  })
})

test('a server that hangs in a call is given up after its time', async () => {
  expect(await actOf('silent at call', { timeout: 1 })).toMatch(
    /did not answer within 1 s, and the call was called off/,
  )
})

test('a call that reports progress may take longer than one that does not', async () => {
  expect(await actOf('works on', { timeout: 1 })).toEqual([{ type: 'text', text: 'Worked long.' }])
})

test('a server that closes its output in a call is lost, even if it lives on', async () => {
  expect(await actOf('closes its output')).toMatch(/was lost during this call.*Why it was lost: it closed its output\./)
})

test('a list of nothing but nonsense is told in a few sentences', async () => {
  const { tools, notices } = await offerOf('nonsense')
  expect(tools).toEqual([])
  expect(notices).toHaveLength(7)
  expect(notices?.at(-1)).toBe('MCP server server: And 494 more of this kind.')
})

test('a server that dies in a call is told of, and is there again for the next', async () => {
  await using server = hostileServer('dies at call')
  await server.offer(signal)
  for (let time = 0; time < 3; time++) {
    expect(await callOf(server, 'act')).toMatch(
      /was lost during this call\. It may have done its work[\s\S]*exit code 7\.[\s\S]*Out of memory, or something like it/,
    )
  }
})

test('after a crash a call that changes nothing is made again, and one that does is not', async () => {
  await using folder = await temporaryFolder()
  const callAfterCrash = async (name: string) => {
    await using server = hostileServer('dies once', { state: join(folder.path, name) })
    await server.offer(signal)
    return await callOf(server, name)
  }
  expect(await callAfterCrash('look')).toEqual([{ type: 'text', text: 'Here again.' }])
  expect(await callAfterCrash('change')).toMatch(/was lost/)
})

test.each(['huge result', 'huge result, id first'])(
  'a %s of 50 MB is left out, and the model is told so',
  async how => {
    const before = process.memoryUsage().rss
    expect(await actOf(how)).toBe('ToolFailure: The answer was larger than 10 MB and was left out. Ask for less.')
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
  },
)

test('of a long text the model gets both ends', async () => {
  const [part] = (await actOf('long result')) as readonly { readonly type: 'text'; readonly text: string }[]
  expect(part?.text.length).toBeLessThan(201_000)
  expect(part?.text).toMatch(/^begin é+\n\n\[848,586 characters are left out here\]\n\né+ end$/)
})

test.each(['flood of lines', 'flood without lines'])('a %s ends the server, and not the run', async how => {
  expect(await actOf(how, { timeout: 60 })).toMatch(
    /was lost during this call\.[\s\S]*it sent without end and answered nothing/,
  )
})

test('what a server says on standard error is no answer, however much it is', async () => {
  expect(await actOf('flood of errors')).toEqual([{ type: 'text', text: 'Said all.' }])
})

test('what is no message is passed over', async () => {
  expect(await actOf('invalid JSON')).toEqual([{ type: 'text', text: 'Understood.' }])
})

test('what is only structured is told as JSON', async () => {
  expect(await actOf('result of another shape')).toEqual([{ type: 'text', text: '{\n "a": [\n  1\n ]\n}' }])
})

test('parts that no model could read are told in words', async () => {
  expect(await actOf('bad parts')).toEqual([
    { type: 'text', text: '[image/png that cannot be read]\n[nonsense that cannot be read]\n' },
    { type: 'file', mediaType: 'audio/wav', data: 'aGk=' },
    {
      type: 'text',
      text: '{"type":"hologram","depth":3}\n[a://b: application/octet-stream, 3 bytes that are no text]\na://c.json:\n{}\n[d](a://d)',
    },
  ])
})

test('names that imitate, collide or break providers become plain ones of their own', async () => {
  const offer = await offerOf('bad names')
  expect(namesIn(offer)).toEqual([
    'shell',
    '_hell',
    'a_b_c_d',
    '_9lives',
    'x'.repeat(64),
    'no_schema',
    'transfer_task',
    '__proto__',
    'constructor',
  ])
  expect(offer.tools.find(({ name }) => name === 'no_schema')?.parameters).toEqual({ type: 'object', properties: {} })
  expect(offer.notices?.join('\n')).toMatch(/shell twice[\s\S]*no tool[\s\S]*too_long[\s\S]*would be called a_b_c_d/)
})

test('too many tools are cut off', async () => {
  const offer = await offerOf('many tools')
  expect(offer.tools).toHaveLength(1000)
  expect(offer.notices).toEqual(['MCP server server: It lists 5000 tools; only 1000 are offered.'])
})

test('what a tool takes is refused where no model could be shown it, and other tools stay', async () => {
  const offer = await offerOf('hostile schemas')
  expect(namesIn(offer)).toEqual(['deep_enough', 'tree'])
  expect(offer.notices).toEqual([
    'MCP server server: Its tool deep is left out: what it takes is nested more than 100 deep.',
    'MCP server server: Its tool long is left out: its description is too long for a prompt.',
    'MCP server server: Its tool endless is left out: what it takes refers to itself without end.',
    'MCP server server: Its tool around is left out: what it takes refers to itself without end.',
  ])
})

test('a list that never ends is read as far as it may', async () => {
  expect((await offerOf('pages without end')).tools).toHaveLength(100)
})

test('tools that change are news, once', async () => {
  await using server = hostileServer('changes its tools')
  const first = await server.offer(signal)
  expect(await server.news(first, signal)).toBe(null)
  expect(await callOf(server, 'first')).toEqual([{ type: 'text', text: 'Changed.' }])
  const second = await server.news(first, signal)
  expect(second && namesIn(second)).toEqual(['second'])
  expect(second && (await server.news(second, signal))).toBe(null)
  expect(await server.news(first, signal)).toEqual(second)
  expect(await callOf(server, 'first')).toMatch(/has no tool first any more\. It has: second\./)
})

test('a server that ignores every request to end is killed with what it has started', async () => {
  const server = hostileServer('ignores the end')
  await server.offer(signal)
  await server[Symbol.asyncDispose]()
  const running = execFileSync('ps', ['-eo', 'stat,args']).toString().split('\n')
  expect(running.filter(line => line.includes('ignores the end') && !line.startsWith('Z'))).toEqual([])
})

test('a server that asks for what it may not have is refused, and goes on', async () => {
  const said = JSON.stringify(await actOf('asks for everything'))
  expect(said).toMatch(/700[\s\S]*Method not found[\s\S]*701[\s\S]*Method not found[\s\S]*702/)
})

test('parameters that a model left out by null are left out', async () => {
  await using server = hostileServer('says what it was told')
  await server.offer(signal)
  expect(await callOf(server, 'act', { a: 1, b: null, c: [null] })).toEqual([
    { type: 'text', text: '{"a":1,"c":[null]}' },
  ])
})

test('a call that is cancelled is over at once, and the server is told', async () => {
  const heard = Promise.withResolvers<void>()
  const log = (line: string) => line.includes('I wait') && heard.resolve()
  await using server = hostileServer('tells of cancelling', { world: mcpWorld({ log }) })
  await server.offer(signal)
  const stop = new AbortController()
  const call = callOf(server, 'wait', {}, { signal: stop.signal })
  await heard.promise
  stop.abort(new Error('the user has gone'))
  expect(await call).toContain('the user has gone')
  expect(await callOf(server, 'told')).toEqual([{ type: 'text', text: expect.stringMatching(/^cancelled \d+$/) }])
})

test('nothing is started before it is asked for, and nothing after the end', async () => {
  const server = hostileServer('')
  await server[Symbol.asyncDispose]()
  expect(await callOf(server, 'act')).toMatch(/cannot be used/)
})

test('what is said beside the protocol goes to the log', async () => {
  const lines: string[] = []
  await using server = hostileServer('invalid JSON', { world: mcpWorld({ log: line => lines.push(line) }) })
  await server.offer(signal)
  expect(lines.join('\n')).toContain('mcp server: no message: Welcome!')
})
