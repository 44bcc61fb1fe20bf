import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '../../runtime/core/json.ts'
import { reprise } from './cli.ts'
import { type ProviderRequest, providerServer } from './provider-server.ts'
import { seeded } from './seeded.ts'

const lexicon =
  'the a file of in reads writes and then returns value when error handler session token user request is checked before it was stored with care so that nobody else can see'.split(
    ' ',
  )

/** Lines of words, the same for the same seed. */
const proseWith = (random: () => number) => (length: number) => {
  let text = ''
  let line = 0
  while (text.length < length) {
    const word = lexicon[Math.floor(random() * lexicon.length)] ?? ''
    text += word
    line += word.length + 1
    text += line > 80 ? '\n' : ' '
    if (line > 80) line = 0
  }
  return text.trim()
}

export type LongRun = {
  readonly model: string
  readonly turns: number
  /** Whether each turn looks into a file before it answers. */
  readonly tools: boolean
  /** Letters of a message, an answer, and what stands in a file. */
  readonly lengths: { readonly message: number; readonly answer: number; readonly file: number }
}

const isAnswered = ({ body }: ProviderRequest): boolean => {
  const messages = (body['messages'] ?? body['input'] ?? body['contents']) as readonly JsonObject[]
  return /tool_result"|"role":"tool"|function_call_output|functionResponse/.test(JSON.stringify(messages.at(-1)))
}

/**
 * Records a conversation of so many turns into `tape.yaml` of the folder, from a provider whose ids are new each time.
 * Gives the number of letters that were said in it, by the user, the model and tools.
 */
export const recordLongRun = async (folder: string, { model, turns, tools, lengths }: LongRun): Promise<number> => {
  const prose = proseWith(seeded(7))
  let said = 0
  const count = (text: string): string => {
    said += text.length
    return text
  }
  for (let file = 0; tools && file < turns; file++) await writeFile(join(folder, `${file}.txt`), prose(lengths.file))
  let read = 0
  await using server = await providerServer(request => {
    if (!tools || isAnswered(request)) return { text: count(prose(lengths.answer)) }
    const input = { cmd: `cat ${read++}.txt` }
    said += lengths.file + JSON.stringify(input).length
    return { toolCalls: [{ name: 'shell', input }] }
  })
  const toolsets = tools ? '\n    toolsets: [{ type: shell }]' : ''
  await writeFile(
    join(folder, 'agent.yaml'),
    `agents:\n  root:\n    model: ${model}\n    instruction: Help.${toolsets}\n`,
  )
  const messages = Array.from({ length: turns }, () => count(prose(lengths.message)))
  const run = await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', '--quiet', ...messages], {
    cwd: folder,
    env: server.env,
    timeout: 120_000,
  })
  if (run.code !== 0) throw new Error(run.stderr)
  return said
}
