import type { Json, JsonObject } from '../../runtime/core/json.ts'
import {
  type AssistantPart,
  type ContentPart,
  type Message,
  noUsage,
  type ToolCall,
} from '../../runtime/core/message.ts'
import type { ModelRequest } from '../../runtime/core/model.ts'
import type { ModelSettings, Protocol, Quirks } from '../../runtime/core/protocol.ts'

/** What the user says: texts, and files. */
export const user = (...content: (string | ContentPart)[]): Message => ({
  role: 'user',
  content: content.map(part => (typeof part === 'string' ? { type: 'text', text: part } : part)),
})

export const assistant = (...content: AssistantPart[]): Message => ({
  role: 'assistant',
  content,
  stop: 'end',
  usage: noUsage,
})

export const call = (id: string, name: string, input: JsonObject = {}): ToolCall => ({
  type: 'tool-call',
  id,
  name,
  input,
})

export const results = (
  ...answers: (readonly [id: string, name: string, content: string | ContentPart[]])[]
): Message => ({
  role: 'tool',
  results: answers.map(([callId, name, content]) => ({
    callId,
    name,
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  })),
})

export const readFile = {
  name: 'read_file',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
}
export const now = { name: 'now', description: 'Tells the time.', parameters: {} }

const file = (name: string, mediaType: string, data: string): ContentPart => ({ type: 'file', mediaType, data, name })
export const files = {
  image: file('dot.png', 'image/png', 'aW1hZ2U='),
  pdf: file('paper.pdf', 'application/pdf', 'JVBERg=='),
  csv: file('list.csv', 'text/csv', 'w6QsYg=='),
  zip: file('all.zip', 'application/zip', 'UEs='),
  wav: file('word.wav', 'audio/wav', 'UklGRg=='),
}

/** A request of which a test says only what it is about. */
export type Asked = Partial<ModelRequest> & {
  readonly settings?: ModelSettings
  readonly quirks?: Quirks
  readonly model?: string
}

/** The body that leaves for it. */
export const sent = (protocol: Protocol, asked: Asked): JsonObject => {
  const { settings = {}, quirks = {}, model = 'some-model', ...fields } = asked
  const caller = { agent: 'root', lane: 'root' }
  const request = { caller, system: [], stable: 0, messages: [user('Hello')], tools: [], ...fields }
  return protocol.encode(model, request, settings, quirks)
}

/** JSON to be read in a snapshot: an element or a field a line. */
export const lines = (value: Json | undefined): string =>
  Array.isArray(value)
    ? value.map(item => JSON.stringify(item)).join('\n')
    : Object.entries(value ?? {})
        .map(([key, item]) => (Array.isArray(item) ? `${key}:\n${lines(item)}` : `${key}: ${JSON.stringify(item)}`))
        .join('\n')
