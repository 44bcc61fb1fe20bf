import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { Failure } from '../core/errors.ts'
import type { ContentPart } from '../core/message.ts'
import { type Conversation, open } from '../team/open.ts'
import { attachment } from './attachments.ts'
import { withFiles } from './environment.ts'
import type { Face } from './face.ts'
import type { Person } from './person.ts'
import type { RunOptions } from './run-options.ts'
import { type Terminal, write } from './terminal.ts'

/** Everything that `run` and `exec` have in common: from a file and options to a conversation that can begin. */
export const start = async (
  file: string,
  options: RunOptions,
  { terminal, face, person }: { terminal: Terminal; face: Face; person: Person },
): Promise<Conversation> => {
  checkTogether(options)
  const workingDirectory = folder(options.workingDir, terminal)
  const env = withFiles(terminal.env, options.envFromFile ?? [], terminal.workingDirectory)
  const speed = speedOf(options)
  return await open({
    source: { path: file, text: readAgentFile(resolve(terminal.workingDirectory, file), file) },
    env,
    home: env['HOME'] ?? homedir(),
    workingDirectory,
    cassettesFrom: terminal.workingDirectory,
    models: (options.model ?? []).flatMap(text => text.split(',')),
    promptFiles: (options.promptFile ?? []).map(path => resolve(terminal.workingDirectory, path)),
    yolo: options.yolo ?? false,
    strict: options.strict ?? isSet(env['CI']),
    person: person.ask,
    notice: text => void face.notice(text),
    fetch: globalThis.fetch,
    now: () => new Date(),
    ...(options.agent !== undefined && { agent: options.agent }),
    ...(options.record !== undefined && {
      record: options.record || `reprise-recording-${Math.floor(Date.now() / 1000)}`,
    }),
    ...(options.fake !== undefined && { fake: options.fake }),
    ...(options.fakeTools && { fakeTools: options.fakeTools }),
    ...(speed !== undefined && { speed }),
    ...((options.debug || options.logFile) && { log: logTo(options.logFile, terminal) }),
  })
}

const isSet = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value)

const checkTogether = (options: RunOptions): void => {
  const needFake = { fakeStream: '--fake-stream', fakeTools: '--fake-tools' } as const
  for (const [option, flag] of Object.entries(needFake)) {
    if (options[option as keyof typeof needFake] === undefined || options.fake !== undefined) continue
    throw new Failure('usage', `${flag} says how a cassette is played back, and none is.`, { hint: 'Add --fake NAME.' })
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

const readAgentFile = (path: string, name: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const what = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
    throw new Failure('config', `The agent file ${name} ${what}.`, {
      hint: 'Name a YAML file, for example agents/hello.yaml.',
      cause: error,
    })
  }
}

const logTo = (file: string | undefined, { stderr, workingDirectory }: Terminal) =>
  file === undefined
    ? (line: string) => void write(stderr, `${line}\n`)
    : (line: string) => appendFileSync(resolve(workingDirectory, file), `${line}\n`)

/** What the user says, one content a turn; files go along with the first. `-` is what standard input holds. */
export const contentsOf = async (
  messages: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<ContentPart[][]> => {
  const files = (options.attach ?? []).map(path => attachment(path, terminal.workingDirectory))
  const texts: string[] = []
  for (const message of messages) texts.push(message === '-' ? await readAll(terminal.stdin) : message)
  const spoken = texts.filter(text => text.trim() !== '')
  if (spoken.length === 0 && files.length > 0) spoken.push('Please look at the attached files.')
  return spoken.map((text, index) => [{ type: 'text', text }, ...(index === 0 ? files : [])])
}

const readAll = async (stdin: NodeJS.ReadStream): Promise<string> => {
  const pieces: Buffer[] = []
  for await (const piece of stdin) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8').trimEnd()
}
