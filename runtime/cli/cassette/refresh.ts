import type { Stale } from '../../cassette/care/refresh.ts'
import { Failure } from '../../core/errors.ts'
import type { Conversation } from '../../team/open.ts'
import { type Refreshing, refreshingOf, takeOver } from '../../team/tapes/refreshing.ts'
import { guarded, sayAll } from '../exec.ts'
import { type Face, faceFor } from '../face.ts'
import { interruption } from '../interrupt.ts'
import { type Person, personAt } from '../person.ts'
import { optionsIn } from '../replay.ts'
import type { RunOptions } from '../run-options.ts'
import { shortName } from '../short-name.ts'
import { startWith } from '../start.ts'
import { type Terminal, write } from '../terminal.ts'

export type RefreshOptions = Pick<RunOptions, 'yolo' | 'json' | 'quiet' | 'envFromFile' | 'workingDir'> & {
  readonly model?: string
  readonly tool?: string
  readonly agent?: string
  /** Days, as `30d` or `30`. */
  readonly olderThan?: string
}

/** `reprise cassette refresh NAME`: records a part of a cassette anew, and whatever depends on it. */
export const cassetteRefresh = async (name: string, options: RefreshOptions, terminal: Terminal): Promise<number> => {
  const { json = false, quiet = false } = options
  const face = faceFor({ json, quiet }, terminal)
  const person = personAt(terminal, face.showsQuestions)
  return await guarded(face, async () => {
    const from = terminal.workingDirectory
    const plan = await refreshingOf(name, staleOf(options), { from, now: terminal.now() })
    const path = shortName(plan.old.path, terminal)
    if (plan.stale.size === 0) return await told(`${path}: nothing in it is as old as that.\n`, face, terminal)
    if (plan.isAgentChanged)
      await face.notice(`${plan.script.source.path} was changed since: this records with the agent file as it was.`)
    const exit = await recorded(plan, options, { face, person, terminal })
    if (exit !== 0) await face.notice(`${path} is as it was.`)
    if (exit !== 0) return exit
    const { fresh, all } = await takeOver(plan)
    return await told(`${path}: ${fresh} of ${all} interactions are new.\n`, face, terminal)
  })
}

/** About a run, not of it: events alone stand on standard output where they are asked for. */
const told = async (text: string, face: Face, { stderr }: Terminal): Promise<number> => {
  await write(stderr, text)
  await face.end(0)
  return 0
}

type Stage = { readonly face: Face; readonly person: Person; readonly terminal: Terminal }

const recorded = async (
  plan: Refreshing,
  options: RefreshOptions,
  { face, person, terminal }: Stage,
): Promise<number> => {
  using interrupt = interruption()
  const { old, script, source, stale, beside } = plan
  const { yolo: _, ...recordedOptions } = optionsIn(script)
  const { model: __, agent: ___, ...given } = options
  const settings = { ...recordedOptions, ...given, fake: old.path, record: beside, strict: false }
  const conversation = await startWith(
    source,
    settings,
    { terminal, face, person },
    { plays: (_, { id }) => !stale.has(id) },
  )
  return await ended(conversation, face, async () => {
    await face.start()
    const contents = script.said.map(({ content }) => [...content])
    return await sayAll(conversation, contents, { face, person, signal: interrupt.signal })
  })
}

/** Says where the new recording is only when it did not come to its end. */
const ended = async (conversation: Conversation, face: Face, work: () => Promise<number>): Promise<number> => {
  let failure: unknown
  let exit = 1
  try {
    exit = await work()
  } catch (error) {
    failure = error
  }
  const cause = failure ?? (exit === 0 ? undefined : new Failure('run-stopped', 'The run did not finish.'))
  const { notices } = await conversation.close(cause)
  for (const text of cause === undefined ? [] : notices) await face.notice(text)
  if (failure !== undefined) throw failure
  return exit
}

const staleOf = ({ model, tool, agent, olderThan }: RefreshOptions): Stale => {
  if (model === undefined && tool === undefined && agent === undefined && olderThan === undefined) {
    throw new Failure('usage', 'What should be recorded again?', {
      hint: 'Say --model, --tool, --agent or --older-than.',
    })
  }
  return {
    ...(model !== undefined && { model }),
    ...(tool !== undefined && { tool }),
    ...(agent !== undefined && { agent }),
    ...(olderThan !== undefined && { olderThan: daysIn(olderThan) }),
  }
}

const daysIn = (text: string): number => {
  const days = /^(\d+)d?$/.exec(text)?.[1]
  if (days !== undefined) return Number(days)
  throw new Failure('usage', `--older-than takes days, as in 30d, not ${JSON.stringify(text)}.`)
}
