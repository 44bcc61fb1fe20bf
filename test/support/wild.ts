import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { RecordedCall } from './wild/body.ts'
import * as json from './wild/json.ts'
import { answerOnly, httprrCalls } from './wild/raw.ts'
import { goVcrCalls, httpmockCalls, vcrCalls, vcrpyCalls } from './wild/yaml.ts'

export type { RecordedCall } from './wild/body.ts'

const folder = resolve('../shared/wild')

/** Real provider traffic recorded by others, none of it ours; undefined where it does not lie beside the project. */
export const wildFolder: string | undefined = existsSync(join(folder, 'cassettes/INDEX.tsv')) ? folder : undefined

/** A line of INDEX.tsv. `file` is relative to the folder of the index, `api` may be several with semicolons between. */
export type WildRow = {
  readonly file: string
  readonly format: string
  readonly provider: string
  readonly api: string
  readonly streaming: boolean
  readonly notes: string
}

/** The index of the recordings; empty where they are absent. */
export const wildIndex = (): WildRow[] => {
  if (!wildFolder) return []
  const [, ...lines] = readFileSync(join(wildFolder, 'cassettes/INDEX.tsv'), 'utf8').trimEnd().split('\n')
  return lines.map(line => {
    const [file = '', , , , format = '', , provider = '', api = '', streaming, , , , , , notes = ''] = line.split('\t')
    return { file, format, provider, api, streaming: streaming === 'Y', notes }
  })
}

type Read = (bytes: Uint8Array, row: WildRow) => RecordedCall[]

const fromText =
  (read: (text: string, folder: string) => RecordedCall[]): Read =>
  (bytes, { file }) =>
    read(Buffer.from(bytes).toString(), dirname(join(folder, 'cassettes', file)))

const readers: Readonly<Record<string, Read>> = {
  'go-vcr-v2': fromText(goVcrCalls),
  'vcrpy-v1': fromText(vcrpyCalls),
  'vcrpy-vNone': fromText(vcrpyCalls),
  'vcr-ruby': fromText(vcrCalls),
  'vcr-r': fromText(vcrCalls),
  'httpmock-yaml(rig)': fromText(httpmockCalls),
  'har(polly)': fromText(json.harCalls),
  'req_llm-json': fromText(json.reqLlmCalls),
  'opencode-http-recorder': fromText(json.opencodeCalls),
  'seinfeld(braintrust-js)': fromText(json.seinfeldCalls),
  'dd-test-agent-json': fromText(json.datadogCalls),
  'azure-test-proxy': fromText(json.azureProxyCalls),
  nock: fromText(json.nockCalls),
  'wiremock-mapping': fromText(json.wiremockCalls),
  'talkcody-json': fromText(json.talkcodyCalls),
  'httprr(go)': httprrCalls,
  'response-only': (bytes, { file, api }) => answerOnly(bytes, { file, url: urls[api] ?? '' }),
}

/** The path that an answer without its request must have come from. */
const urls: Readonly<Record<string, string>> = {
  'chat.completions': '/v1/chat/completions',
  responses: '/v1/responses',
  'anthropic.messages': '/v1/messages',
  'gemini.generate': '/v1beta/models/gemini:generateContent',
  'gemini.stream': '/v1beta/models/gemini:streamGenerateContent',
}

/** Formats that are not read, and why. */
export const unreadFormats: Readonly<Record<string, string>> = {
  'companion-body': 'read together with the recording that names it',
  'copilot-sdk-conversation-yaml': 'holds a conversation, not what went over the wire',
  'llama-stack-json': 'holds objects of an SDK, not what went over the wire',
  'goose-scenario-json': 'holds messages of an agent, not what went over the wire',
  'xai-grpc-yaml': 'gRPC is none of our protocols',
  'goose-mcp-stdio': 'MCP, not a model',
  'mcp-recorder': 'MCP, not a model',
  'vcrpy-pair(langchain).gz': 'holds only Bedrock Converse, none of our protocols',
  'raw-eventstream-bin': 'holds only frames of Bedrock, none of our protocols',
}

/** The calls of one recording, in its order. Throws for a format that `unreadFormats` names. */
export const recordedCalls = (file: string): RecordedCall[] => {
  const row = wildIndex().find(one => one.file === file)
  const read = row && readers[row.format]
  if (!row || !read) throw new Error(`${file}: ${row ? unreadFormats[row.format] : 'is not in the index'}`)
  return read(readFileSync(join(folder, 'cassettes', file)), row)
}
