import { spawn } from 'node:child_process'
import { closeSync, existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * `node test/servers/hostile-mcp.ts HOW`: an MCP server over stdio, written without the SDK, that behaves as badly as
 * it is told to. `state` is a file in which it remembers that it has been started before.
 */
const [how = '', state = ''] = process.argv.slice(2)

type Message = { readonly id?: number; readonly method?: string; readonly params?: Record<string, unknown> }

const send = (message: object): void => void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const answer = (id: number | undefined, result: object): void => send({ id, result })
const say = (id: number | undefined, text: string): void => answer(id, { content: [{ type: 'text', text }] })
/** An object in an object, so many levels. */
const nested = (levels: number): object => {
  let schema: object = { type: 'string' }
  for (let level = 0; level < levels; level++) schema = { type: 'object', properties: { a: schema } }
  return schema
}
const loop = { $ref: '#/$defs/a' }

const toolOf = (name: string, rest: object = {}): object => ({
  name,
  description: `Tool ${name}`,
  inputSchema: { type: 'object' },
  ...rest,
})

const wasHereBefore = state !== '' && existsSync(state)
if (state !== '') writeFileSync(state, 'was here')

/** What it says in place of the ordinary answer to a method, by how it shall behave. */
const ways: Readonly<Record<string, Readonly<Record<string, (message: Message) => void>>>> = {
  'silent at start': { initialize: () => {} },
  'silent at list': { 'tools/list': () => {} },
  'silent at call': { 'tools/call': () => {} },
  'dies at start': { initialize: () => process.exit(7) },
  'dies at list': { 'tools/list': () => process.exit(7) },
  'dies at call': {
    'tools/call': () => {
      process.stderr.write('Out of memory, or something like it\n')
      process.exit(7)
    },
  },
  'dies once': {
    'tools/list': ({ id }) =>
      answer(id, { tools: [toolOf('look', { annotations: { readOnlyHint: true } }), toolOf('change')] }),
    'tools/call': ({ id }) => (wasHereBefore ? say(id, 'Here again.') : process.exit(7)),
  },
  'closes its output': {
    'tools/call': () => {
      closeSync(1)
      setInterval(() => {}, 1000)
    },
  },
  nonsense: { 'tools/list': ({ id }) => answer(id, { tools: Array.from({ length: 500 }, (_, index) => index) }) },
  'refuses at start': { initialize: ({ id }) => send({ id, error: { code: -32603, message: 'Pay first' } }) },
  'speaks another version': {
    initialize: ({ id }) =>
      answer(id, { protocolVersion: '1999-01-01', capabilities: {}, serverInfo: { name: 'x', version: '0' } }),
  },
  'huge result': { 'tools/call': ({ id }) => say(id, 'x'.repeat(50 * 1024 * 1024)) },
  'huge result, id first': {
    'tools/call': ({ id }) => {
      process.stdout.write(
        `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"${'x'.repeat(50 * 1024 * 1024)}"}]}}\n`,
      )
    },
  },
  'long result': { 'tools/call': ({ id }) => say(id, `begin ${'é'.repeat(1024 * 1024)} end`) },
  'flood of lines': {
    'tools/call': () =>
      flood('{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"more"}}\n'),
  },
  'flood without lines': { 'tools/call': () => flood('x'.repeat(1000)) },
  'flood of errors': {
    'tools/call': ({ id }) => {
      process.stderr.write('e'.repeat(5_000_000))
      say(id, 'Said all.')
    },
  },
  'invalid JSON': {
    initialize: message => {
      process.stdout.write('Welcome!\n{"jsonrpc": \n[1,2]\n42\n"text"\nnull\n\n')
      usual['initialize']?.(message)
    },
    'tools/call': ({ id }) => {
      process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":\n`)
      send({ id: 999, result: {} })
      send({ method: 'no/such/notification' })
      send({ id: 5000, method: 'no/such/request' })
      process.stdout.write('{"half":')
      setTimeout(() => {
        process.stdout.write('true}\n')
        say(id, 'Understood.')
      }, 20)
    },
  },
  'result of another shape': {
    'tools/call': ({ id }) => answer(id, { content: 'not a list', structuredContent: { a: [1] } }),
  },
  'bad parts': {
    'tools/call': ({ id }) =>
      answer(id, {
        content: [
          null,
          'text',
          { type: 'image', data: 'not base64!', mimeType: 'image/png' },
          { type: 'image', data: 'aGk=', mimeType: 'nonsense' },
          { type: 'audio', data: 'aGk=', mimeType: 'audio/wav' },
          { type: 'hologram', depth: 3 },
          { type: 'resource', resource: { uri: 'a://b', mimeType: 'application/octet-stream', blob: 'AAEC' } },
          { type: 'resource', resource: { uri: 'a://c.json', mimeType: 'application/json', blob: 'e30=' } },
          { type: 'resource_link', uri: 'a://d', name: 'd' },
        ],
      }),
  },
  'bad names': {
    'tools/list': ({ id }) =>
      answer(id, {
        tools: [
          toolOf('shell'),
          toolOf('shell'),
          toolOf('ѕhell'),
          toolOf('a b/c.d'),
          toolOf('a_b_c.d'),
          toolOf('9lives'),
          toolOf('x'.repeat(200)),
          toolOf(''),
          { description: 'no name' },
          'no object',
          toolOf('no_schema', { inputSchema: 'string' }),
          toolOf('too_long', { description: 'd'.repeat(100_000) }),
          toolOf('transfer_task'),
          toolOf('__proto__'),
          toolOf('constructor'),
        ],
      }),
  },
  'many tools': {
    'tools/list': ({ id }) =>
      answer(id, { tools: Array.from({ length: 5000 }, (_, index) => toolOf(`tool_${index}`)) }),
  },
  'hostile schemas': {
    'tools/list': ({ id }) =>
      answer(id, {
        tools: [
          toolOf('deep', { inputSchema: nested(1000) }),
          toolOf('long', { inputSchema: { type: 'object', properties: { a: { enum: ['e'.repeat(3_000_000)] } } } }),
          toolOf('endless', { inputSchema: { type: 'object', properties: { a: loop }, $defs: { a: loop } } }),
          toolOf('around', { inputSchema: { type: 'object', allOf: [{ anyOf: [{ $ref: '#' }] }] } }),
          toolOf('deep_enough', { inputSchema: nested(40) }),
          toolOf('tree', {
            inputSchema: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } },
          }),
        ],
      }),
  },
  'pages without end': {
    'tools/list': ({ id, params }) => {
      const page = Number(params?.['cursor'] ?? 0)
      answer(id, { tools: [toolOf(`tool_${page}`)], nextCursor: `${page + 1}` })
    },
  },
  'changes its tools': {
    'tools/list': ({ id }) => answer(id, { tools: changed ? [toolOf('second')] : [toolOf('first')] }),
    'tools/call': ({ id }) => {
      changed = true
      send({ method: 'notifications/tools/list_changed' })
      say(id, 'Changed.')
    },
  },
  'ignores the end': {
    initialize: message => {
      process.on('SIGTERM', () => {})
      const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], {
        stdio: 'inherit',
      })
      process.stderr.write(`pids ${process.pid} ${child.pid}\n`)
      usual['initialize']?.(message)
    },
  },
  'asks for everything': {
    'tools/call': ({ id }) => {
      waiting = id
      send({
        id: 700,
        method: 'elicitation/create',
        params: { message: 'Your password?', requestedSchema: { type: 'object', properties: {} } },
      })
      send({ id: 701, method: 'sampling/createMessage', params: { messages: [], maxTokens: 10 } })
      send({ id: 702, method: 'roots/list' })
    },
  },
  'resources that break': {
    initialize: ({ id }) => hello(id, { tools: {}, resources: {} }),
    'resources/list': ({ id }) => send({ id, error: { code: -32601, message: 'No such method' } }),
    'resources/templates/list': ({ id }) => answer(id, { resourceTemplates: 'none' }),
  },
  'resources that are odd': {
    initialize: ({ id }) => hello(id, { tools: {}, resources: {} }),
    'tools/list': ({ id }) => answer(id, { tools: [toolOf('act'), toolOf('read_resource')] }),
    'tools/call': ({ id }) => say(id, 'Its own.'),
    'resources/list': ({ id }) =>
      answer(id, { resources: [null, 'x', { name: 'no address' }, { uri: 'a://b', name: 'One\ntwo' }] }),
    'resources/templates/list': ({ id }) => answer(id, { resourceTemplates: [] }),
  },
  'asks the model without end': {
    'tools/call': ({ id }) => {
      waiting = id
      send({ id: 1000, method: 'sampling/createMessage', params: sampling })
    },
  },
  'says what it was told': { 'tools/call': ({ id, params }) => say(id, JSON.stringify(params?.['arguments'])) },
  'works on': {
    'tools/call': ({ id, params }) => {
      const token = (params?.['_meta'] as { progressToken?: number } | undefined)?.progressToken
      let steps = 0
      const timer = setInterval(() => {
        send({ method: 'notifications/progress', params: { progressToken: token, progress: ++steps } })
        if (steps < 8) return
        clearInterval(timer)
        say(id, 'Worked long.')
      }, 250)
    },
  },
  'tells how far it is': {
    'tools/call': ({ params }) => {
      const token = (params?.['_meta'] as { progressToken?: number } | undefined)?.progressToken
      const progress = (told: object) =>
        send({ method: 'notifications/progress', params: { progressToken: token, ...told } })
      progress({ progress: 1, total: 3, message: 'Reading \x1b]0;a title\x07all' })
      send({ method: 'notifications/message', params: { level: 'warning', data: { slow: 'disk' } } })
      send({ method: 'notifications/message', params: { level: 'debug', data: 'nobody wants to know' } })
      progress({ progress: 10, total: 300 })
      progress({ progress: 11, total: 300 })
    },
  },
  'tells of cancelling': {
    'tools/call': ({ id, params }) => {
      if (params?.['name'] === 'told') say(id, cancelled)
      else send({ method: 'notifications/message', params: { level: 'info', data: 'I wait' } })
    },
    'notifications/cancelled': ({ params }) => {
      cancelled = `cancelled ${params?.['requestId']}`
    },
    'tools/list': ({ id }) => answer(id, { tools: [toolOf('wait'), toolOf('told')] }),
  },
}

const sampling = { messages: [{ role: 'user', content: { type: 'text', text: 'More?' } }], maxTokens: 10 }
let changed = false
let waiting: number | undefined
let cancelled = 'not cancelled'
const replies: string[] = []

const flood = (text: string): void => {
  const more = (): void => {
    while (process.stdout.write(text.repeat(100))) {}
    process.stdout.once('drain', more)
  }
  more()
}

const hello = (id: number | undefined, capabilities: object): void =>
  answer(id, { protocolVersion: '2025-06-18', capabilities, serverInfo: { name: 'hostile', version: '0' } })

const usual: Readonly<Record<string, (message: Message) => void>> = {
  initialize: ({ id }) => hello(id, { tools: { listChanged: true } }),
  'tools/list': ({ id }) => answer(id, { tools: [toolOf('act')] }),
  'tools/call': ({ id }) => say(id, 'Done.'),
}

const reply = (message: Message): void => {
  if (how === 'asks the model without end') {
    if ('error' in message || Number(message.id) > 2000)
      say(waiting, `${Number(message.id) - 999}: ${JSON.stringify(message)}`)
    else send({ id: Number(message.id) + 1, method: 'sampling/createMessage', params: sampling })
    return
  }
  replies.push(JSON.stringify(message))
  if (replies.length === 3) say(waiting, replies.join('\n'))
}

createInterface({ input: process.stdin }).on('line', line => {
  const message = JSON.parse(line) as Message
  if (message.method === undefined) reply(message)
  else (ways[how]?.[message.method] ?? usual[message.method])?.(message)
})
