import { resolve } from 'node:path'
import { Failure } from '../../core/errors.ts'
import type { RunEvent } from '../../core/event.ts'
import type { Message } from '../../core/message.ts'
import type { InterruptedCall, SessionRecord, StoredMessage } from '../../core/session.ts'
import type { BeforeChange } from '../../core/workspace.ts'
import type { World } from '../../loop/run.ts'
import type { SessionStore } from '../../session/store.ts'
import type { SessionWriter, Writing } from '../../session/writer.ts'
import type { Cast } from '../cast.ts'
import { fingerprint } from '../fingerprint.ts'
import { neutral } from '../neutral.ts'
import type { OpenOptions } from '../open.ts'
import { isDamaged, knowingDamage, openSessions } from './sessions.ts'
import type { Title } from './titles.ts'
import { watching } from './watching.ts'

/** A conversation that is stored as it happens. */
export type Stored = {
  /** The session; nothing before the user has said something. */
  readonly id: () => string | undefined
  readonly append: (event: RunEvent) => void
  /** To be told before an agent changes a file. */
  readonly before: BeforeChange
  /** Does what may change files without telling. */
  readonly watched: NonNullable<World['watched']>
  readonly close: () => Promise<void>
  /** What was said before, for the models of today. */
  readonly earlier: readonly Message[]
  /** Who has the floor, where it goes on. */
  readonly agent?: string
  readonly record?: SessionRecord
  /** Calls of which nobody knows what came of them. */
  readonly interrupted: readonly InterruptedCall[]
}

type Storing = Pick<
  OpenOptions,
  'source' | 'cassettesFrom' | 'workingDirectory' | 'now' | 'notice' | 'agent' | 'record' | 'ownFiles'
> & {
  /** Listens for what a title can be made of; absent where the first words will do. */
  readonly titled?: (entitle: (title: Title) => void, signal: AbortSignal) => (event: RunEvent) => void
  readonly session: NonNullable<OpenOptions['session']>
  readonly cast: Cast
}

/**
 * Begins to store a conversation, or goes on with a stored one. A Failure where that one cannot be opened; where a new one
 * cannot be stored a person is told, and it goes on without.
 */
export const storedConversation = async (options: Storing): Promise<Stored | undefined> => {
  const { session, cast, notice, now, workingDirectory } = options
  const modelOf = (agent: string) => cast.agents.find(({ name }) => name === agent)?.model || undefined
  const writing: Writing = { modelOf, workingDirectory }
  try {
    const store = await openSessions({ ...session, now, notice })
    try {
      return session.name === undefined
        ? begun(store, store.begin(beginning(options), writing), options)
        : knowingDamage(session, () => resumed(store, session.name ?? '', { ...options, writing }))
    } catch (error) {
      store[Symbol.dispose]()
      throw error
    }
  } catch (error) {
    if (!(error instanceof Failure) || session.name !== undefined || session.isWanted) throw error
    notice(`${error.message} This conversation is not stored.`)
    return undefined
  }
}

const beginning = ({ source, cassettesFrom, workingDirectory, agent, cast }: Storing) => ({
  // One at an address, or from standard input, lies in no folder.
  agentFile: /^(-$|https?:)/.test(source.path) ? source.path : resolve(cassettesFrom, source.path),
  agentDigest: fingerprint(source.text),
  agent: agent ?? cast.speaker,
  workingDirectory,
})

const begun = (store: SessionStore, writer: SessionWriter, options: Storing): Stored => ({
  ...keeping(store, writer, { ...options, exists: false, isTitled: false }),
  earlier: [],
  interrupted: [],
})

const resumed = (store: SessionStore, name: string, options: Storing & { readonly writing: Writing }): Stored => {
  const { cast, notice, source, writing } = options
  const { record, interrupted, agentDigest, writer } = store.resume(name, writing)
  if (agentDigest !== fingerprint(source.text))
    notice('The agent file is not the one that this session was begun with.')
  for (const { name, isBegun } of interrupted) {
    notice(
      isBegun
        ? `A call of ${name} was interrupted when this session ended: what came of it is not known, and it is not repeated.`
        : `A call of ${name} was not made any more when this session ended.`,
    )
  }
  const knows = cast.agents.some(({ name }) => name === record.agent)
  return {
    ...keeping(store, writer, { ...options, exists: true, isTitled: record.titled !== 'words' }),
    record,
    interrupted,
    earlier: record.messages.map(stored => fitting(stored, writing)),
    ...(knows && { agent: record.agent }),
  }
}

/** Stores until something goes wrong with it, which is told once: the conversation is worth more than its copy. */
const keeping = (
  store: SessionStore,
  writer: SessionWriter,
  { exists, isTitled, ...options }: Storing & { readonly exists: boolean; readonly isTitled: boolean },
): Pick<Stored, 'id' | 'append' | 'before' | 'watched' | 'close'> => {
  const { notice, titled, session } = options
  let isStored = exists
  let isBroken = false
  const unlessBroken = (work: () => void): void => {
    if (isBroken) return
    try {
      work()
    } catch (error) {
      isBroken = true
      notice(`What follows is not stored: ${error instanceof Error ? error.message : error}.${mending(error)}`)
    }
  }
  const watch = watching(
    { ...options, ...session },
    { onKnown: () => writer.known(), onChanged: changes => unlessBroken(() => writer.changed(changes)) },
  )
  const over = new AbortController()
  const entitle = ({ title, cost }: Title) =>
    over.signal.aborted || title === '' ? undefined : unlessBroken(() => writer.entitle(title, cost))
  const listen = isTitled ? undefined : titled?.(entitle, over.signal)
  return {
    id: () => (isStored ? writer.id : undefined),
    append: event => {
      unlessBroken(() => {
        writer.append(event)
        isStored ||= event.type === 'message'
      })
      listen?.(event)
    },
    before: change => unlessBroken(() => writer.before(change)),
    watched: watch.watched,
    close: async () => {
      await watch[Symbol.asyncDispose]()
      over.abort(new Error('the conversation is over'))
      unlessBroken(() => writer[Symbol.dispose]())
      store[Symbol.dispose]()
    },
  }
}

const mending = (error: unknown): string =>
  isDamaged(error) ? ' reprise sessions repair keeps the file, and makes a new one of what can be read.' : ''

/** For the model that an agent has now. */
const fitting = ({ message, agent, model }: StoredMessage, { modelOf }: Writing): Message =>
  model === modelOf(agent) ? message : neutral(message)
