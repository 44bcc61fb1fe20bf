import type { AskForm } from '../core/form.ts'
import type { ContentPart, Message } from '../core/message.ts'
import type { Budget } from '../models/thinking.ts'
import type { AskPerson } from './approval.ts'
import type { Conversation } from './open.ts'
import type { Sessions } from './sessions/sessions.ts'

/** With what a conversation is opened, and opened again when one of these changes. */
export type Wishes = {
  readonly agent?: string
  /** `provider/model` or `agent=provider/model`, the last of them for what is said twice. */
  readonly models: readonly string[]
  readonly yolo: boolean
  /** How much all agents think, a level or tokens; as their file says where absent. */
  readonly thinking?: Budget | undefined
  /** The cassette into which this is recorded, where that was wished for on the screen; false for none any more. */
  readonly record?: string | false
  /** What was said before, by the same team; not looked at where there is a session. */
  readonly earlier: readonly Message[]
  /** The stored session to go on with, as `Sessions` names it; a new one where absent. */
  readonly session?: string | undefined
}

/** The cassettes at work, by name: what is played back, and what is recorded into; none of it where none is. */
export type Tapes = {
  readonly replays?: string
  /** Empty where the time will be its name. */
  readonly records?: string
}

/** How a user wants the screen to be; `vim` is whether the input has its keys. */
export type Preferences = { readonly theme?: string; readonly vim?: boolean }

/** Whoever sits at the screen. */
export type Sitter = {
  readonly person: AskPerson
  readonly ask: AskForm
  readonly notice: (text: string) => void
}

/** What a terminal interface needs of the command that opens it: so it knows no command line, and the command no Ink. */
export type Stage = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds of some clock. */
  readonly now: () => number
  readonly workingDirectory: string
  /** Where what shall outlast a session is kept, and where the user keeps what he has set. They need not be there. */
  readonly stateFolder: string
  readonly settingsFolder: string
  /** What he has set so far. Throws a Failure where that is wrong. */
  readonly preferences: () => Promise<Preferences>
  /** For this time and the next. Throws a Failure where it cannot be written. */
  readonly prefer: (preferences: Preferences) => Promise<void>
  /** Paths in the working directory, as git would have them. */
  readonly files: () => AsyncIterable<string>
  /** A file as part of a message. Throws a Failure where it cannot be sent. */
  readonly attach: (path: string) => ContentPart
  readonly wishes: Wishes
  readonly tapes: Tapes
  /** What the user said in the recording that is played back, a turn each; absent where none is. */
  readonly script?: () => Promise<readonly string[]>
  /** What was said on the command line, one content a turn. */
  readonly messages: readonly (readonly ContentPart[])[]
  /** The stored conversations of the user; absent where a cassette is played back. */
  readonly sessions?: Sessions
  /** The command that goes on with that session later; absent where none is stored. */
  readonly goOn?: (session: string) => string
  readonly open: (wishes: Wishes, sitter: Sitter) => Promise<Conversation>
}

/** Opens a conversation on a screen, and gives the exit code. Throws a Failure that ended it, once the terminal is restored. */
export type Screen = (stage: Stage) => Promise<number>
