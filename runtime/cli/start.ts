import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../core/errors.ts'
import { sessionDatabase } from '../team/folders.ts'
import { type Conversation, type OpenOptions, open } from '../team/open.ts'
import { type Sessions, sessionsAt } from '../team/sessions/sessions.ts'
import { withFiles } from './environment.ts'
import type { Face } from './face.ts'
import { readNamed } from './files.ts'
import { limitsOf, withOwnLimits } from './limits.ts'
import type { Person } from './person.ts'
import type { RunOptions } from './run-options.ts'
import { homeIn, type Terminal, write } from './terminal.ts'

export type Around = {
  readonly terminal: Terminal
  readonly face: Pick<Face, 'notice'>
  readonly person: Pick<Person, 'ask' | 'form'>
}

/** Everything that `run` and `exec` have in common: from a file and options to a conversation that can begin. */
export const start = async (
  file: string,
  options: RunOptions,
  around: Around,
  special: Special = {},
): Promise<Conversation> => await startWith(await sourceOf(file, options, around.terminal), options, around, special)

const sourceOf = async (file: string, options: RunOptions, terminal: Terminal): Promise<OpenOptions['source']> => {
  const { workingDirectory } = terminal
  if (!existsSync(resolve(workingDirectory, file))) {
    return await (await import('./agent-source.ts')).agentSource(file, options, terminal)
  }
  return { path: file, text: readNamed('The agent file', file, workingDirectory).toString('utf8') }
}

/** Replays have more ways to be told what to do than there are options of `run`. */
export type Special = Pick<
  OpenOptions,
  'delivery' | 'plays' | 'earlier' | 'thinking' | 'editable' | 'titles' | 'liveOutput'
> & {
  readonly speed?: NonNullable<OpenOptions['speed']>
}

export const startWith = async (
  source: OpenOptions['source'],
  options: RunOptions,
  { terminal, face, person }: Around,
  special: Special = {},
): Promise<Conversation> => {
  checkTogether(options)
  const workingDirectory = folder(options.workingDir, terminal)
  const env = withFiles(terminal.env, options.envFromFile ?? [], terminal.workingDirectory)
  const speed = speedOf(options)
  const isLogged = options.debug || options.logFile !== undefined
  const log = isLogged ? (await import('./log.ts')).logTo(options, terminal) : undefined
  const conversation = await open({
    source,
    remote: async url => await (await import('./agent-source.ts')).agentFileAt(url, options, terminal),
    env,
    home: homeIn(env),
    workingDirectory,
    cassettesFrom: terminal.workingDirectory,
    models: (options.model ?? []).flatMap(text => text.split(',')),
    promptFiles: promptFiles(options, terminal),
    yolo: options.yolo ?? false,
    strict: options.strict ?? isSet(env['CI']),
    person: person.ask,
    ...(person.form && { ask: person.form }),
    notice: text => void face.notice(text),
    fetch: terminal.fetch,
    ...limitsOf(await withOwnLimits(options, env)),
    now: terminal.now,
    ...(options.agent !== undefined && { agent: options.agent }),
    ...(options.record !== undefined && !options.dryRun && { record: options.record || nameByTime(terminal.now()) }),
    ...(options.fake !== undefined && { fake: options.fake }),
    ...(options.fakeTools && { fakeTools: options.fakeTools }),
    ...(speed !== undefined && { speed }),
    ...sessionOf(options, { env, workingDirectory: terminal.workingDirectory }),
    ...special,
    titles: (special.titles ?? false) && env['REPRISE_TITLES'] !== 'words',
    ...(log && { log }),
    ...(options.logFile !== undefined && { ownFiles: [options.logFile] }),
  })
  return options.otel ? await (await import('./otel.ts')).observed(conversation, env, { terminal, face }) : conversation
}

/** The stored sessions that options mean. */
export const sessionsFor = (
  options: Pick<RunOptions, 'sessionDb'>,
  { env, stderr, workingDirectory, now }: Terminal,
): Sessions => {
  const database = databaseOf(options, { env, workingDirectory })
  return sessionsAt({ database, now, notice: text => void write(stderr, `${text}\n`) })
}

export const databaseOf = (
  { sessionDb }: Pick<RunOptions, 'sessionDb'>,
  { env, workingDirectory }: Pick<Terminal, 'env' | 'workingDirectory'>,
): string => (sessionDb === undefined ? sessionDatabase(env, homeIn(env)) : resolve(workingDirectory, sessionDb))

/** A replay, and what is only loaded, is stored nowhere. */
const sessionOf = (
  { session, sessionDb, fake, dryRun }: RunOptions,
  around: Pick<Terminal, 'env' | 'workingDirectory'>,
): Pick<OpenOptions, 'session'> => {
  if (session === false || fake !== undefined || dryRun) return {}
  const wanted = sessionDb === undefined ? {} : { isWanted: true as const }
  return {
    session: {
      database: databaseOf(sessionDb === undefined ? {} : { sessionDb }, around),
      ...(session !== undefined && { name: session }),
      ...wanted,
    },
  }
}

const nameByTime = (now: Date): string => `reprise-recording-${Math.floor(now.getTime() / 1000)}`

const isSet = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value)

const checkTogether = (options: RunOptions): void => {
  const needFake = { fakeStream: '--fake-stream', fakeTools: '--fake-tools' } as const
  for (const [option, flag] of Object.entries(needFake)) {
    if (options[option as keyof typeof needFake] === undefined || options.fake !== undefined) continue
    throw new Failure('usage', `${flag} says how to play a cassette back, but none is played back.`, {
      hint: 'Add --fake NAME.',
    })
  }
  if (options.fake !== undefined && typeof options.session === 'string') {
    throw new Failure('usage', '--session continues a stored conversation, but a replay has its own.', {
      hint: 'Leave out --session: what was said before is in the cassette.',
    })
  }
  if (options.fake === '')
    throw new Failure('usage', '--fake needs the name of a cassette.', { hint: 'For example --fake my-recording.' })
}

const speedOf = ({ fakeStream }: RunOptions): number | undefined => {
  if (fakeStream === undefined) return undefined
  const milliseconds = fakeStream === '' ? 15 : Number(fakeStream)
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds
  throw new Failure('usage', `--fake-stream takes milliseconds, not ${JSON.stringify(fakeStream)}.`)
}

const folder = (given: string | undefined, { workingDirectory }: Terminal): string => {
  if (given === undefined) return workingDirectory
  const path = resolve(workingDirectory, given)
  if (existsSync(path) && statSync(path).isDirectory()) return path
  throw new Failure('usage', `The working directory ${given} is not a folder.`)
}

/** Files that the user names must be there, unless what stood in them comes from a cassette. */
const promptFiles = ({ promptFile = [], fake }: RunOptions, { workingDirectory }: Terminal): string[] => {
  const missing = promptFile.find(path => !existsSync(resolve(workingDirectory, path)))
  if (missing === undefined || fake !== undefined) return promptFile.map(path => resolve(workingDirectory, path))
  throw new Failure('usage', `The prompt file ${missing} does not exist.`)
}
