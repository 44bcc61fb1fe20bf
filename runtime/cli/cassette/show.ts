import { relative } from 'node:path'
import type { OpenCassette } from '../../cassette/file/file.ts'
import { overviewText } from '../../cassette/view/show.ts'
import { interactionText } from '../../cassette/view/show-one.ts'
import { isModelCall, type Reading, transcriptOf, turnOf } from '../../cassette/view/transcript.ts'
import { Failure } from '../../core/errors.ts'
import { namedCassette, reading } from '../../team/tapes/reading.ts'
import { jsonPage, pageFor } from '../page.ts'
import { type Terminal, write } from '../terminal.ts'

export type ShowOptions = { readonly id?: string; readonly wire?: boolean; readonly json?: boolean }

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

const showAll = async (cassette: OpenCassette, { tools, terminal, json, wire }: Showing): Promise<string> => {
  if (wire)
    throw new Failure('usage', '--wire shows the bytes of one interaction.', { hint: 'Name it: --id N --wire.' })
  const transcript = await transcriptOf(cassette, tools)
  if (!json) return overviewText(transcript, pageFor(terminal))
  const { path, header, note } = cassette
  const { lanes, spent } = transcript
  return jsonPage({ path, header, ...(note && { note }), interactions: cassette.entries.length, spent, lanes })
}

const showOne = async (cassette: OpenCassette, { tools, terminal, id, json, wire }: Showing): Promise<string> => {
  const interaction = cassette.load(numberIn(id, cassette))
  if (!json) return await interactionText(interaction, { ...pageFor(terminal), reading: tools, wire: wire ?? false })
  const turn = isModelCall(interaction) ? await turnOf(interaction, tools) : undefined
  return jsonPage(turn ? { ...interaction, turn } : interaction)
}

const numberIn = (id: string | undefined, { entries, path }: OpenCassette): number => {
  const entry = entries.find(entry => String(entry.id) === id)
  if (entry) return entry.id
  throw new Failure('usage', `${path} has no interaction ${id}.`, {
    hint: `Its interactions are numbered from ${entries[0]?.id ?? 1} to ${entries.at(-1)?.id ?? 0}.`,
  })
}
