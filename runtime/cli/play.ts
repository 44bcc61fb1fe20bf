import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { plainStyle } from '../cassette/view/layout.ts'
import { interactionText } from '../cassette/view/show-one.ts'
import { Failure } from '../core/errors.ts'
import { curlOf } from '../models/curl.ts'
import type { Screen, Stage } from '../team/screen.ts'
import { type Film, type Frame, filmOf } from '../team/tapes/film.ts'
import { freeFork } from '../team/tapes/fork-name.ts'
import { reading } from '../team/tapes/reading.ts'
import { scriptOf } from '../team/tapes/script.ts'
import type { Theater } from '../team/theater.ts'
import { guarded } from './exec.ts'
import { faceFor } from './face.ts'
import { placeOf } from './fork.ts'
import { optionsIn, replay } from './replay.ts'
import { surroundingsAt } from './stage.ts'
import { startWith } from './start.ts'
import { homeIn, type Terminal } from './terminal.ts'

export type PlayOptions = { readonly speed?: string; readonly at?: string }

/** What shows a film, and what goes on live from it. */
export type Stages = { readonly theater: Theater; readonly screen: Screen }

/**
 * `reprise play NAME`: a cassette as a film, and on from any point of it for real. Where nobody sits at a terminal it is
 * printed, as `replay` does.
 */
export const play = async (
  name: string,
  { speed, at }: PlayOptions,
  terminal: Terminal,
  { theater, screen }: Stages,
): Promise<number> => {
  const { stdin, stdout, env, workingDirectory, now } = terminal
  const factor = factorOf(speed)
  const place = at === undefined ? undefined : placeOf(at)
  if (!stdin.isTTY || !stdout.isTTY || env['TERM'] === 'dumb') return await replay(name, {}, terminal)
  return await guarded(faceFor({}, terminal), async () => {
    const film = await filmOf(name, { env, home: homeIn(env), workingDirectory, now })
    const { forkAt } = await theater({
      ...{ stdin, stdout: terminal.screen, env, film },
      name: nameOf(name),
      speed: factor,
      ...(place !== undefined && { at: place }),
      inspect: async (id, { width, view }) =>
        await interactionText(film.cassette, id, { style: plainStyle, width, view, reading: await reading() }),
      curl: id => curlOf(film.cassette.load(id).request),
      lineOf: id => lineIn(film.cassette.path, id),
    })
    return forkAt === undefined ? 0 : await screen(await forkedStage(film, forkAt, terminal))
  })
}

/** A cassette of others has no ids in it: its first line will do. */
const lineIn = (path: string, id: number): number => {
  const lines = readFileSync(path, 'utf8').split('\n')
  return (
    1 +
    Math.max(
      0,
      lines.findIndex(line => /^ *- id: (\d+) *$/.exec(line)?.[1] === String(id)),
    )
  )
}

const factorOf = (speed = '1x'): number => {
  const factor = /^\d+(\.\d+)?x?$/.test(speed) ? Number.parseFloat(speed) : 0
  if (factor > 0) return factor
  throw new Failure('usage', `There is no speed ${JSON.stringify(speed)}.`, {
    hint: 'Give a factor, such as 2x or 0.5x.',
  })
}

/** A run as far as it had come at a moment of its film, ready to go on for real. Both halves go into a recording of their own. */
const forkedStage = async ({ cassette, begun }: Film, at: Frame, terminal: Terminal): Promise<Stage> => {
  const { stdin, screen: stdout, stderr, env, workingDirectory } = terminal
  const script = await scriptOf(cassette.path, workingDirectory)
  const { agent, model = [], yolo = false, promptFile } = optionsIn(script)
  const known = new Set(begun.slice(0, at.begun))
  const record = freeFork(cassette.path, at.interaction, workingDirectory)
  return {
    ...{ stdin, stdout, stderr, env },
    ...surroundingsAt(terminal),
    wishes: { models: model, yolo, earlier: [], ...(agent !== undefined && { agent }) },
    tapes: { replays: nameOf(cassette.path), records: nameOf(record) },
    messages: script.said.filter(({ id }) => known.has(id)).map(({ content }) => content),
    open: ({ agent, models, yolo, earlier }, { person, ask, notice }) =>
      startWith(
        script.source,
        {
          ...{ model: models, yolo, fake: cassette.path, record },
          ...(agent !== undefined && { agent }),
          ...(promptFile && { promptFile }),
        },
        { terminal, face: { notice: async text => notice(text) }, person: { ask: person, form: ask } },
        { earlier, plays: (_, { id }) => known.has(id) },
      ),
  }
}

const nameOf = (path: string): string => basename(path).replace(/\.ya?ml$/, '')
