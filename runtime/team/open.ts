import type { Entry, OpenCassette } from '../cassette/file/file.ts'
import type { Delivery } from '../cassette/play/delivery.ts'
import type { AgentFile } from '../config/schema.ts'
import type { Settings } from '../config/settings.ts'
import type { Caller, Fetch, Setting } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'
import type { AskForm } from '../core/form.ts'
import type { LogEntry } from '../core/log.ts'
import type { ContentPart, Message } from '../core/message.ts'
import type { SessionRecord } from '../core/session.ts'
import type { ToolDefinition } from '../core/tool.ts'
import type { Limits } from '../loop/budget.ts'
import type { World } from '../loop/run.ts'
import { loadAllProtocols } from '../models/protocols.ts'
import type { Budget } from '../models/thinking.ts'
import { countTokens } from '../models/tokens.ts'
import { commandEnvironment } from '../workspace/environment.ts'
import { localWorkspace } from '../workspace/local.ts'
import { type AskPerson, approvalOf } from './approval.ts'
import { type Cast, castOf } from './cast.ts'
import { loadTeamFile } from './check.ts'
import { conversationWith } from './conversation.ts'
import { type Closing, type Crossing, openCrossing, openTape } from './crossing.ts'
import { factReader } from './facts.ts'
import type { FilesOptions } from './files.ts'
import { budgetFor, timeLimit } from './limits.ts'
import { membersOf } from './members.ts'
import { allEndpointsFor, type FileWiring } from './models.ts'
import { historyOf, tellsHistory } from './sessions/history.ts'
import type { Stored } from './sessions/storing.ts'
import { askingAgain } from './sessions/unsure.ts'
import { environmentOf } from './settings/environment.ts'
import { type Redaction, redactionFor } from './settings/redaction.ts'
import { variablesOf } from './settings/secrets.ts'
import { settingsFile } from './settings/settings.ts'
import { headerOf } from './tapes/header.ts'
import { isWithOthers, namesIn, onlyFile, type TeamFile, type TeamFiles } from './team-file.ts'
import type { Sizes } from './tools/sizes.ts'
import { settingsOf as settable, type Tuned, tuningOf, wiringOf } from './tuning.ts'

export type OpenOptions = {
  /** `files` are other agent files that it leads to, by their paths from its folder; they are read where absent. */
  readonly source: {
    readonly path: string
    readonly text: string
    readonly files?: Readonly<Record<string, string>>
  }
  /** Gets an agent file that another names by its URL, as the user has allowed it; without it there are none. */
  readonly remote?: (url: string) => Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly workingDirectory: string
  /** The folder from which names of cassettes are taken. */
  readonly cassettesFrom: string
  /** Whom to speak to; `root` where there is one, else the first. */
  readonly agent?: string
  /** `provider/model` for all agents, or `agent=provider/model` for one. */
  readonly models: readonly string[]
  /** How much all agents think, whatever their files say: a level, or tokens. */
  readonly thinking?: Budget
  readonly promptFiles: readonly string[]
  /** Names of cassettes, with or without `.yaml`. */
  readonly record?: string
  readonly fake?: string
  readonly fakeTools?: 'replay' | 'live'
  /** Milliseconds between the lines of a replayed stream, or recorded pauses times a factor or by another clock; at once where absent. */
  readonly speed?: number | { readonly factor: number } | { readonly after: (milliseconds: number) => Promise<void> }
  /** Told of each interaction that is played, and who asked for it. */
  readonly onPlayed?: (interaction: number, caller: Caller) => void
  /** How the bytes of a replay arrive, and what goes wrong with them. */
  readonly delivery?: Delivery
  /** Which interactions of `fake` are played; the others are as if they had not been recorded. */
  readonly plays?: (tape: OpenCassette, entry: Entry) => boolean
  /** Whether any difference from a recording is a failure. */
  readonly strict: boolean
  /** Whether a strict replay lets pass what a person has changed in the cassette itself. */
  readonly editable?: true
  /** For the header of a recording: what its reader should know, such as that no real provider was asked. */
  readonly note?: string
  readonly yolo: boolean
  /** What all of it may use up: US dollars, tokens, milliseconds of work. A replay uses up nothing. */
  readonly limits?: Limits & { readonly milliseconds?: number }
  /** What was said before in this conversation; it goes on from there. That of the session where absent. */
  readonly earlier?: readonly Message[]
  /**
   * Where it is stored: in which database, and as which session, where it goes on with one. A replay is stored nowhere.
   * What cannot be stored is a failure where that is wanted, and else a notice.
   */
  readonly session?: { readonly database: string; readonly name?: string; readonly isWanted?: true }
  /** Files that somebody else of this process writes meanwhile: no agent is held to have changed them. */
  readonly ownFiles?: readonly string[]
  /** Whether a model is asked for the title of a session; its first words where not, and while recording. */
  readonly titles?: boolean
  /** Whether `tool-output-delta` events are told. They differ from run to run, and a replay has none. */
  readonly liveOutput?: boolean
  readonly person: AskPerson
  /** Asks the person for more than a yes; absent where nobody can be asked. */
  readonly ask?: AskForm
  /** Something a person should know, as a sentence. */
  readonly notice: (text: string) => void
  readonly log?: (entry: LogEntry) => void
  readonly fetch: Fetch
  readonly now: () => Date
}

/** What the user has said since he was listened to last, a message each time; nothing where he said no more. */
export type Heard = () => readonly ContentPart[] | undefined

/** What a model is sent beside the conversation, and how large that is. */
export type Equipment = {
  readonly instructions: readonly string[]
  readonly tools: readonly ToolDefinition[]
  readonly sizes: Sizes
}

/** A team that is ready to be spoken to. `close` ends what it started, and says what came of recording or replaying. */
export type Conversation = Cast & {
  /**
   * One turn: the events of it as they happen, in no told order. `heard` is asked between steps for what the user has said
   * meanwhile; a replay hears what was heard when it was recorded.
   */
  readonly say: (content: readonly ContentPart[], signal: AbortSignal, heard?: Heard) => AsyncGenerator<RunEvent>
  readonly close: (failure: unknown) => Promise<Closing>
  /**
   * From the next turn on somebody else speaks, or in another way; a recording holds that, and a replay does it there. Throws
   * a Failure where that cannot be. Not while a turn goes on.
   */
  readonly set: (setting: Setting) => void
  /** From now on calls are approved that no rule denies, or a person is asked again; a replay knows what was said. */
  readonly trust: (all: boolean) => void
  /**
   * What the agent that is spoken to has been told and given, as far as it is known before the next turn; starts servers.
   * What that asks of the world is asked once, and is part of a recording as if the next turn had asked it.
   */
  readonly inspect: (signal: AbortSignal) => Promise<Equipment>
  /** The session as which it is stored; nothing where it is not, or where nothing was said yet. */
  readonly session: () => string | undefined
  /** The stored session that it goes on with, as it was. */
  readonly resumed?: SessionRecord
}

/** From an agent file and options to a conversation. Throws a Failure for a wrong file or option; nothing is started then. */
export const open = async (options: OpenOptions): Promise<Conversation> => {
  const read = await readAll(options)
  const { tape, env, files, cast, stored, speaker, tuning } = read
  const [{ file }] = files
  const { crossing, redaction } = await crossingFor(options, read)
  const opened = new AsyncDisposableStack()
  const { border } = crossing
  const { permissionIn, trust, ...approval } = approvalOf(file, options)
  const { home, workingDirectory, notice, fetch } = options
  const workspace = localWorkspace({
    root: workingDirectory,
    get env() {
      return commandEnvironment(env, variablesOf(redaction.secrets()))
    },
    ...(stored && { before: stored.before }),
  })
  const team = membersOf(files, { ...redaction, options, tuning, env, permissionIn, crossing, opened, workspace })
  const rules = askingAgain(approval, stored?.interrupted ?? [])
  const fact = factReader({ workingDirectory, home, now: crossing.now })
  const world: World = {
    ...{ border, workspace, fetch, fact, countTokens },
    ...rules,
    ...budgetFor(options),
    ...(stored && { watched: stored.watched }),
    ...(options.liveOutput && { liveOutput: true }),
  }
  const earlier = options.earlier ?? stored?.earlier ?? []
  const asked = options.agent !== undefined
  const history = historyOf({ border, earlier, speaker, recorded: tape && tellsHistory(tape), asked })
  return conversationWith(
    {
      ...{ file, team, world, crossing, opened, notice, history },
      inTime: timeLimit(border, options.limits?.milliseconds),
      cast: {
        welcome: cast.welcome,
        speaker,
        get agents() {
          return cast.agents
        },
      },
      ...{ tuning, trust },
      settings: settable(tuning, now => modelsKnown(files, { env, ...now })),
      ...(stored && { stored }),
    },
    speaker,
  )
}

/** All that is known before anything is done: what is played back, the agent files, the session, who is spoken to. */
const readAll = async (options: OpenOptions) => {
  const settings = await settingsOf(options)
  const tape = options.fake === undefined ? undefined : await openTape(options.fake, options, settings.origins)
  const env = { ...options.env, ...tape?.header.environment }
  const files = await teamFiles({ ...options, env, ...(tape && { recorded: tape.header }) })
  const [{ file }] = files
  const tuning = tuningOf(options)
  const wired = ({ file }: TeamFile) => wiringOf({ file, env, names: namesIn(files) }, tuning)
  const cast = castOf(file, speakerOf(file, options.agent), wired(files[0]))
  const stored = tape === undefined ? await storedAs(options, cast, wired(files[0])) : undefined
  const speaker = options.agent ?? stored?.agent ?? cast.speaker
  modelsKnown(files, { env, ...tuning.now() })
  return { settings, tape, env, files, cast, stored, speaker, tuning }
}

/** Throws a Failure for a model that nobody knows how to ask. */
const modelsKnown = (files: TeamFiles, { models, ...rest }: Tuned & Pick<FileWiring, 'env'>): void => {
  const wiring = { ...rest, overrides: models, names: namesIn(files) }
  for (const { file } of files) for (const agent of file.agents) allEndpointsFor(agent, { ...wiring, file })
}

/** The border of the run, and what is kept out of its recording. */
const crossingFor = async (
  options: OpenOptions,
  { settings, tape, env, files }: Awaited<ReturnType<typeof readAll>>,
): Promise<{ crossing: Crossing; redaction: Redaction }> => {
  const redaction = redactionFor(options, settings, files)
  const { rules, redactorFor, cleaner } = redaction
  const [, ...others] = files
  const header = () => {
    const environment = environmentOf(files.map(({ text }) => text).join('\n'), env)
    return headerOf(options, { environment, redactor: redactorFor(), redaction: rules, others })
  }
  const byId = new Map((await loadAllProtocols()).map(protocol => [protocol.id, protocol]))
  const protocols = (id: string) => byId.get(id)
  return {
    crossing: openCrossing({ options, ...(tape && { tape }), header, redactorFor, cleaner, protocols }),
    redaction,
  }
}

/** The agent file, and those that it leads to: few lead anywhere. */
const teamFiles = async (options: FilesOptions): Promise<TeamFiles> => {
  const { source, env, recorded } = options
  const file = await loadTeamFile(source, { env, ...(recorded && { lenient: true }) })
  return isWithOthers(file) ? (await import('./files.ts')).filesOf(options) : onlyFile(source.text, file)
}

/** SQLite is loaded for those who store something. */
const storedAs = async (
  { session, titles, ...options }: OpenOptions,
  cast: Cast,
  wiring: FileWiring,
): Promise<Stored | undefined> => {
  if (!session) return undefined
  const { storedConversation } = await import('./sessions/storing.ts')
  if (!titles || options.record !== undefined) return await storedConversation({ ...options, session, cast })
  const { titling } = await import('./sessions/titles.ts')
  const titled: Parameters<typeof storedConversation>[0]['titled'] = (entitle, signal) =>
    titling({ ...wiring, fetch: options.fetch }, entitle, signal)
  return await storedConversation({ ...options, session, cast, titled })
}

/** Few projects have any, and a replay waits for what is loaded. */
const settingsOf = async ({ cassettesFrom }: OpenOptions): Promise<Settings> =>
  settingsFile(cassettesFrom) === undefined
    ? {}
    : (await import('./settings/settings-read.ts')).settingsFor(cassettesFrom)

const speakerOf = (file: AgentFile, wanted: string | undefined): string => {
  const names = file.agents.map(({ name }) => name)
  if (wanted === undefined) return names.find(name => name === 'root') ?? names[0] ?? ''
  if (names.includes(wanted)) return wanted
  throw new Failure('usage', `There is no agent ${wanted} in this file.`, {
    hint: `The agents are: ${names.join(', ')}.`,
  })
}
