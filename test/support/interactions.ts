import type { Interaction } from '../../runtime/core/cassette.ts'
import type { Json, JsonObject } from '../../runtime/core/json.ts'

const url = 'https://api.openai.com/v1/chat/completions'

/** A model call as it is recorded, answered with `answer`. */
export const modelCall = (id: number, body: Json, answer: string, more: Partial<Interaction> = {}): Interaction => ({
  id,
  lane: 'root',
  agent: 'root',
  request: {
    method: 'POST',
    url,
    provider: 'openai',
    protocol: 'openai-chat',
    operation: '/chat/completions',
    body,
  },
  response: {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    said: { text: answer, stop: 'end', usage: { input: 10 * id, output: answer.length } },
    body: `data: ${JSON.stringify({ choices: [{ delta: { content: answer } }] })}\n\ndata: [DONE]\n\n`,
    chunks: '20+1 30+2',
  },
  key: `key-${id} conversation-${id}`,
  ...more,
})

/** A tool call as it is recorded. */
export const toolCall = (id: number, name: string, body: JsonObject, result: string): Interaction => ({
  id,
  lane: 'root',
  agent: 'root',
  request: { method: 'CALL', url: `tool:${name}`, body },
  response: { status: 200, body: result },
  key: `key-${id}`,
})

/** What a user says, as it is recorded. */
export const said = (id: number, text: string): Interaction => ({
  id,
  lane: 'root',
  agent: 'root',
  request: { method: 'SAY', url: 'message:user', body: text },
  response: { status: 200, body: null },
  key: `key-${id}`,
})

const system =
  'You review code. Say what is wrong, where, and how it is mended; be brief, and never guess.\nAsk if unsure.\n'

const tools: Json = ['read_file', 'list_directory', 'shell'].map(name => ({
  type: 'function',
  function: {
    name,
    description: `${name} does what its name says, and gives back what came of it as text, line by line.`,
    parameters: { type: 'object', properties: { path: { type: 'string', description: 'Where.' } }, required: ['path'] },
  },
}))

/** A conversation of so many turns, each with a message, a tool call and two model calls; texts are as `word` says. */
export const conversation = (turns: number, word: (turn: number, part: string) => string): Interaction[] => {
  const interactions: Interaction[] = []
  const messages: Json[] = [{ role: 'system', content: system }]
  const next = () => interactions.length + 1
  const ask = (answer: string, calls?: Json) => {
    const body = { model: 'gpt-4o', messages: [...messages], tools, stream: true }
    const call = modelCall(next(), body, answer)
    interactions.push(calls ? { ...call, response: { ...call.response, said: { calls, stop: 'tool-calls' } } } : call)
  }
  for (let turn = 0; turn < turns; turn++) {
    const message = word(turn, 'message')
    interactions.push(said(next(), message))
    messages.push({ role: 'user', content: message })
    const input = { path: `src/${turn}.ts`, why: word(turn, 'why') }
    ask('', [{ read_file: input }])
    const result = word(turn, 'result')
    interactions.push(toolCall(next(), 'read_file', input, result))
    const call = {
      id: `call_${turn}`,
      type: 'function',
      function: { name: 'read_file', arguments: JSON.stringify(input) },
    }
    messages.push({ role: 'assistant', content: null, tool_calls: [call] })
    messages.push({ role: 'tool', tool_call_id: `call_${turn}`, content: result })
    const answer = word(turn, 'answer')
    ask(answer)
    messages.push({ role: 'assistant', content: answer })
  }
  return interactions
}
