import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { visible } from '../cassette/view/layout.ts'
import { Failure } from '../core/errors.ts'
import type { ContentPart } from '../core/message.ts'
import type { SessionRecord } from '../core/session.ts'
import type { Conversation } from '../team/open.ts'
import type { Screen } from '../team/screen.ts'
import { exec, finishing, guarded, type Stage, sayAll, sayOne, withNext } from './exec.ts'
import { exitOf } from './exit.ts'
import { faceFor } from './face.ts'
import { interruption } from './interrupt.ts'
import { contentsOf } from './messages.ts'
import { named } from './named.ts'
import { personAt } from './person.ts'
import { wordsPrinter } from './print-words.ts'
import { beginning, typedMessages } from './prompt.ts'
import type { RunOptions } from './run-options.ts'
import { stageFor } from './stage.ts'
import { start } from './start.ts'
import { type Terminal, write } from './terminal.ts'

/**
 * `reprise run FILE`: a conversation on a `screen`, or with `--plain` and on a terminal that can do no more, line by
 * line until the input ends. Messages on the command line are said first. Where nobody reads along (no terminal, `--json`, `--quiet`) it is `exec` when messages are given, and takes each line
 * of the input as a message when not.
 */
export const run = async (
  name: string,
  messages: readonly string[],
  given: RunOptions,
  terminal: Terminal,
  screen: Screen,
): Promise<number> => {
  const { file, options } = await named(name, given, terminal)
  const isConversation = terminal.stdout.isTTY && terminal.stdin.isTTY && !options.json && !options.quiet
  if (options.dryRun || (!isConversation && (messages.length > 0 || options.attach))) {
    return await exec(file, messages, options, terminal)
  }
  if (isConversation && !options.plain && terminal.env['TERM'] !== 'dumb') {
    return await guarded(faceFor(options, terminal), async () =>
      screen(await stageFor(file, messages, options, terminal)),
    )
  }
  return await lineByLine({ file, messages, options, terminal, isConversation })
}

type Lines = {
  readonly file: string
  readonly messages: readonly string[]
  readonly options: RunOptions
  readonly terminal: Terminal
  readonly isConversation: boolean
}

const lineByLine = async ({ file, messages, options, terminal, isConversation }: Lines): Promise<number> => {
  const { hideToolCalls = false, hideToolResults = false } = options
  const printer = isConversation ? wordsPrinter({ hideToolCalls, hideToolResults }) : undefined
  const face = faceFor(options, terminal, printer)
  const person = personAt(terminal, face.showsQuestions)
  return await guarded(face, async () => {
    const conversation = await start(
      file,
      options,
      { terminal, face, person },
      { titles: isConversation, liveOutput: face.liveOutput },
    )
    return await finishing(conversation, face, async () => {
      await face.start()
      if (!isConversation) return await sayLines(conversation, terminal, { face, person })
      await write(terminal.stdout, beginning)
      if (conversation.welcome) await write(terminal.stdout, `${conversation.welcome}\n`)
      if (conversation.resumed) await write(terminal.stdout, visible(`${resumedText(conversation.resumed)}\n`))
      for await (const content of spoken(conversation, messages, options, terminal)) {
        await talk(conversation, content, { face, person })
      }
      return 0
    })
  })
}

/** Each line of the input a turn, until one of them does not come to its end. */
const sayLines = async (
  conversation: Conversation,
  { stdin, stdout }: Terminal,
  stage: Omit<Stage, 'signal'>,
): Promise<number> => {
  using interrupt = interruption(stdout)
  const lines = createInterface({ input: stdin, signal: interrupt.signal })
  return await sayAll(conversation, contentsIn(lines), { ...stage, signal: interrupt.signal })
}

/** One turn at a terminal, with a Ctrl-C of its own. Whoever is there can go on after a failure of the provider. */
const talk = async (
  conversation: Conversation,
  content: readonly ContentPart[],
  stage: Omit<Stage, 'signal'>,
): Promise<void> => {
  using interrupt = interruption()
  try {
    await sayOne(conversation, content, { ...stage, signal: interrupt.signal })
  } catch (error) {
    if (!(error instanceof Failure) || exitOf(error.code) !== 1) throw error
    await stage.face.failure(error)
  }
}

const resumedText = ({ title, id, messages }: SessionRecord): string =>
  `This goes on with «${title}» (${id}, ${messages.length} messages).`

/** What was said on the command line, then what is typed, until the input ends or Ctrl-C is pressed at the prompt. */
async function* spoken(
  conversation: Conversation,
  messages: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): AsyncGenerator<ContentPart[]> {
  yield* withNext(conversation, await given(messages, options, terminal))
  yield* typedMessages(terminal, resolve(terminal.workingDirectory, options.workingDir ?? '.'))
}

const given = async (
  messages: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<ContentPart[][]> => {
  using interrupt = interruption()
  return await contentsOf(messages, options, terminal, interrupt.signal)
}

async function* contentsIn(lines: AsyncIterable<string>): AsyncGenerator<ContentPart[]> {
  for await (const text of lines) if (text.trim() !== '') yield [{ type: 'text', text }]
}
