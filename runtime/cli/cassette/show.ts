import { relative } from 'node:path'
import type { OpenCassette } from '../../cassette/file/file.ts'
import { overviewText } from '../../cassette/view/show.ts'
import { interactionText } from '../../cassette/view/show-one.ts'
import { isModelCall, type Reading, transcriptOf, turnOf } from '../../cassette/view/transcript.ts'
import type { Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { curlOf } from '../../models/curl.ts'
import { namedCassette, reading } from '../../team/tapes/reading.ts'
import { jsonPage, pageFor } from '../page.ts'
import { type Terminal, write } from '../terminal.ts'

export type ShowOptions = {
  readonly id?: string
  readonly wire?: boolean
  readonly changes?: boolean
  readonly curl?: boolean
  readonly json?: boolean
}

/** `reprise cassette show NAME`: what happened in a recording; with `--id`, one interaction in full. */
export const cassetteShow = async (name: string, options: ShowOptions, terminal: Terminal): Promise<number> => {
  const cassette = shortPath(namedCassette(name, terminal.workingDirectory), terminal)
  const tools = await reading()
  const show = options.id === undefined ? showAll : showOne
  await write(terminal.stdout, await show(cassette, { ...options, tools, terminal }))
  return 0
}

type Showing = ShowOptions & { readonly tools: Reading; readonly terminal: Terminal }

/** As the user would write it: below the working directory without what leads there. */
export const shortPath = (cassette: OpenCassette, { workingDirectory }: Terminal): OpenCassette => {
  const path = relative(workingDirectory, cassette.path)
  return path.startsWith('..') ? cassette : { ...cassette, path }
}

const showAll = async (cassette: OpenCassette, { tools, terminal, json, ...options }: Showing): Promise<string> => {
  const ofOne = (['wire', 'changes', 'curl'] as const).find(name => options[name])
  if (ofOne) throw new Failure('usage', `--${ofOne} is about one interaction.`, { hint: `Name it: --id N --${ofOne}.` })
  const transcript = await transcriptOf(cassette, tools)
  if (!json) return overviewText(transcript, pageFor(terminal))
  const { path, header, note } = cassette
  const { lanes, spent } = transcript
  return jsonPage({ path, header, ...(note && { note }), interactions: cassette.entries.length, spent, lanes })
}

const showOne = async (
  cassette: OpenCassette,
  { tools, terminal, id, json, wire, changes, curl }: Showing,
): Promise<string> => {
  const number = numberIn(id, cassette)
  if (curl) return curlText(cassette.load(number))
  const view = changes ? 'changes' : wire ? 'both' : 'read'
  if (!json) return await interactionText(cassette, number, { ...pageFor(terminal), reading: tools, view })
  const interaction = cassette.load(number)
  const turn = isModelCall(interaction) ? await turnOf(interaction, tools) : undefined
  return jsonPage(turn ? { ...interaction, turn } : interaction)
}

const curlText = ({ id, request }: Interaction): string => {
  const command = curlOf(request)
  if (command !== undefined) return `${command}\n`
  throw new Failure('usage', `Interaction ${id} (${request.method} ${request.url}) cannot be sent with curl.`, {
    hint: 'Choose a call to a model.',
  })
}

const numberIn = (id: string | undefined, { entries, path }: OpenCassette): number => {
  const entry = entries.find(entry => String(entry.id) === id)
  if (entry) return entry.id
  throw new Failure('usage', `${path} has no interaction ${id}.`, {
    hint: `Its interactions are numbered from ${entries[0]?.id ?? 1} to ${entries.at(-1)?.id ?? 0}.`,
  })
}
