import { createCassette } from '../../runtime/cassette/file/file.ts'
import { comparedOf, keyOf } from '../../runtime/cassette/match/request.ts'
import type { CassetteHeader, Interaction } from '../../runtime/core/cassette.ts'
import type { Json, JsonObject } from '../../runtime/core/json.ts'
import { openaiChat } from '../../runtime/models/openai-chat.ts'

/** What may differ between two recordings of one run. */
export type TeamRun = {
  readonly question?: string
  readonly instruction?: string
  /** What the writer says, which the lead takes for a title. */
  readonly title?: string
  /** What the file holds that the reader reads. */
  readonly file?: string
  readonly answer?: string
  /** Before each id of a call, as providers draw them anew in each run; the date is another one with it. */
  readonly ids?: string
  /** Whether the writer was asked before the reader. */
  readonly writerFirst?: boolean
  readonly outputTokens?: number
  readonly cached?: number
}

type Call = { readonly name: string; readonly input: JsonObject; readonly id: string }
type Message = JsonObject

const said = (calls: readonly Call[]): Json => calls.map(({ name, input }) => ({ [name]: input }))

const asked = (calls: readonly Call[]): Message => ({
  role: 'assistant',
  tool_calls: calls.map(({ name, input, id }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  })),
})

const tools: Json = ['transfer_task', 'read_file'].map(name => ({
  type: 'function',
  function: { name, description: `${name} does as it says.`, parameters: { type: 'object', properties: {} } },
}))

/** A lead that gives a task to each of two members, one of whom reads a file; as it is recorded. */
export const teamRun = (run: TeamRun = {}): Interaction[] => {
  const {
    question = 'Why is the sea salty?',
    title = 'Salt',
    file = 'rivers bring salt\nand the sun takes water',
    ids = 'call',
  } = run
  const { answer = `# ${title}\n\nBecause **rivers** bring it.`, instruction = 'You lead.', writerFirst = false } = run
  const usage = {
    input: 100,
    output: run.outputTokens ?? 20,
    ...(run.cached && { input: 100 - run.cached, cacheRead: run.cached }),
  }
  const task = (agent: string, index: number): Call => ({
    name: 'transfer_task',
    input: { agent, task: `Do what a ${agent} does.`, expected_output: 'A line.' },
    id: `${ids}_${index}`,
  })
  const given = [task('reader', 1), task('writer', 2)]
  const reading: Call = { name: 'read_file', input: { path: 'sea.txt' }, id: `${ids}_3` }
  const today = `Today's date: 2026-11-2${ids.length % 10}`
  const lead: Message[] = [
    { role: 'system', content: instruction },
    { role: 'system', content: today },
    { role: 'user', content: question },
  ]
  const reader: Message[] = [
    { role: 'system', content: 'You read.' },
    { role: 'user', content: 'Do what a reader does.' },
  ]
  const lanes = { reader: 'root/transfer_task:1/reader', writer: 'root/transfer_task:2/writer' }

  const model = (agent: string, lane: string, messages: readonly Message[], words: JsonObject): Interaction => {
    const told = { ...words, stop: 'calls' in words ? 'tool-calls' : 'end', usage }
    return interaction(agent, lane, {
      request: {
        method: 'POST',
        url: 'https://api.openai.com/v1/chat/completions',
        provider: 'openai',
        protocol: 'openai-chat',
        operation: '/chat/completions',
        body: { model: 'gpt-4o', messages, tools, stream: true },
      },
      response: {
        status: 200,
        said: told,
        body: `data: ${ids} ${JSON.stringify(words)}\n\ndata: [DONE]\n\n`,
        chunks: '20+1500 30+500',
      },
    })
  }
  const effect = (agent: string, lane: string, url: string, body: Json, answer: Json): Interaction =>
    interaction(agent, lane, {
      request: { method: verbs[url.split(':')[0] ?? ''] ?? 'READ', url, body },
      response: { status: 200, body: answer },
    })

  const ofReader = [
    model('reader', lanes.reader, reader, { calls: said([reading]) }),
    effect('reader', lanes.reader, 'permission:read_file', reading.input, { verdict: 'allow', rule: 'read-only' }),
    effect('reader', lanes.reader, 'tool:read_file', reading.input, file),
    model(
      'reader',
      lanes.reader,
      [...reader, asked([reading]), { role: 'tool', tool_call_id: reading.id, content: file }],
      { text: 'Rivers bring it.' },
    ),
  ]
  const ofWriter = [
    model('writer', lanes.writer, [{ role: 'user', content: 'Do what a writer does.' }], { text: title }),
  ]
  const results = [
    { role: 'tool', tool_call_id: `${ids}_1`, content: 'Rivers bring it.' },
    { role: 'tool', tool_call_id: `${ids}_2`, content: title },
  ]
  const all = [
    effect('root', 'root', 'message:user', question, null),
    effect('', 'root', 'fact:date', null, today),
    model('root', 'root', lead, { calls: said(given), reasoning: 'Two tasks.' }),
    ...(writerFirst ? [...ofWriter, ...ofReader] : [...ofReader.slice(0, 1), ...ofWriter, ...ofReader.slice(1)]),
    model('root', 'root', [...lead, asked(given), ...results], { text: answer }),
  ]
  return all.map((one, index) => ({ ...one, id: index + 1 }))
}

const verbs: Readonly<Record<string, string>> = { message: 'SAY', tool: 'CALL', permission: 'RULE', question: 'ASK' }

const interaction = (
  agent: string,
  lane: string,
  { request, response }: Pick<Interaction, 'request' | 'response'>,
): Interaction => ({
  id: 0,
  agent,
  lane,
  request,
  response,
  key: keyOf(
    comparedOf(request, () => openaiChat),
    response.said,
  ),
})

const header: CassetteHeader = {
  reprise: '1.2.3',
  recorded: '2026-11-26T07:30:00.000Z',
  agent: { path: 'agents/sea.yaml', digest: 'sha256:0', content: 'agents:\n  root: {}\n' },
  workingDirectory: '/somewhere',
}

/** Writes a recording as Reprise does; gives its path. */
export const recordedAt = async (
  path: string,
  interactions: readonly Interaction[],
  more: Partial<CassetteHeader> = {},
): Promise<string> => {
  const writer = createCassette(path, { ...header, ...more })
  for (const one of interactions) writer.append(one)
  return (await writer.close(undefined)).path
}
