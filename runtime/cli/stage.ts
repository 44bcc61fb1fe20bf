import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { settingsFolder, stateFolder } from '../team/folders.ts'
import type { Stage, Tapes } from '../team/screen.ts'
import { attachment } from './attachments.ts'
import { interruption } from './interrupt.ts'
import { contentsOf } from './messages.ts'
import type { RunOptions } from './run-options.ts'
import { sessionsFor, start } from './start.ts'
import { homeIn, type Terminal } from './terminal.ts'

/** What a command line asks for, as a screen wants it. Throws a Failure for a file that cannot be sent. */
export const stageFor = async (
  file: string,
  messages: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<Stage> => {
  using interrupt = interruption()
  const { stdin, screen: stdout, stderr, env } = terminal
  return {
    ...{ stdin, stdout, stderr, env },
    ...surroundingsAt(terminal, options.workingDir),
    wishes: {
      models: (options.model ?? []).flatMap(text => text.split(',')),
      yolo: options.yolo ?? false,
      earlier: [],
      ...(options.agent !== undefined && { agent: options.agent }),
      ...(options.session && { session: options.session }),
    },
    ...(options.fake === undefined && { sessions: sessionsFor(options, terminal) }),
    tapes: tapesOf(options),
    ...(options.fake !== undefined && { script: scriptIn(options.fake, terminal) }),
    goOn: session => commandOf(file, session, options),
    messages: await contentsOf(messages, options, terminal, interrupt.signal),
    open: ({ agent, models, yolo, earlier, session, thinking, record }, { person, ask, notice }) =>
      start(
        file,
        {
          ...withoutOwn(options),
          model: models,
          yolo,
          ...(agent !== undefined && { agent }),
          ...(session !== undefined && { session }),
          ...recordedInto(options, record),
        },
        { terminal, face: { notice: async text => notice(text) }, person: { ask: person, form: ask } },
        {
          titles: true,
          liveOutput: true,
          ...(session === undefined && { earlier }),
          ...(thinking !== undefined && { thinking }),
        },
      ),
  }
}

/** Nobody waits for it: it is read when the first picture stands. */
const scriptIn =
  (name: string, { workingDirectory }: Terminal): NonNullable<Stage['script']> =>
  async () =>
    (await import('../team/tapes/said.ts')).saidIn(name, workingDirectory)

/** As somebody would type it in the same folder. */
const commandOf = (file: string, session: string, { sessionDb, workingDir }: RunOptions): string =>
  [
    `reprise run ${inShell(file)} --session ${session}`,
    ...(sessionDb === undefined ? [] : [`--session-db ${inShell(sessionDb)}`]),
    ...(workingDir === undefined ? [] : [`--working-dir ${inShell(workingDir)}`]),
  ].join(' ')

const inShell = (word: string): string => (/^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** A conversation that begins anew goes on with no session, whatever the command line says. */
const withoutOwn = ({ session, record: _, ...options }: RunOptions): RunOptions =>
  session === false ? { session, ...options } : options

const recordedInto = (
  options: RunOptions,
  wanted: string | false = options.record ?? false,
): Pick<RunOptions, 'record'> => (wanted === false ? {} : { record: wanted })

/** What a screen may know of where it stands. `folder` is the working directory, relative to the process's own. */
export const surroundingsAt = (
  { workingDirectory, env, now }: Terminal,
  folder = '.',
): Pick<
  Stage,
  'now' | 'workingDirectory' | 'stateFolder' | 'settingsFolder' | 'preferences' | 'prefer' | 'files' | 'attach'
> => {
  const root = resolve(workingDirectory, folder)
  return {
    now: () => now().getTime(),
    workingDirectory: root,
    stateFolder: stateFolder(env, homeIn(env)),
    ...settingsAt(settingsFolder(env, homeIn(env))),
    // Not before somebody names a file: most conversations begin without.
    files: async function* () {
      yield* (await import('../team/tools/listing.ts')).filesBelow(root)
    },
    attach: path => attachment(path, root),
  }
}

/** Few have said how they want it, and only for those is more loaded. */
const settingsAt = (folder: string): Pick<Stage, 'settingsFolder' | 'preferences' | 'prefer'> => {
  const path = join(folder, 'settings.yaml')
  const loaded = () => import('../team/settings/user-settings.ts')
  return {
    settingsFolder: folder,
    preferences: async () => (existsSync(path) ? (await loaded()).userSettings(path) : {}),
    prefer: async preferences => (await loaded()).writeSettings(path, preferences),
  }
}

const tapesOf = ({ record, fake }: RunOptions): Tapes => ({
  ...(fake !== undefined && { replays: fake }),
  ...(record !== undefined && { records: record }),
})
