import type { Ask, Exchange, Kind } from '../../core/border.ts'
import type { Interaction } from '../../core/cassette.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Conversation, Protocol } from '../../core/protocol.ts'
import { written } from '../play/answer.ts'
import { bounded } from './bounded.ts'
import { canonical, canonicalText } from './canonical.ts'
import { digest } from './digest.ts'

export type Protocols = (id: string) => Protocol | undefined

/** The same protocols, which read a body in the other way that it may have been meant. */
export const otherwise =
  (protocols: Protocols): Protocols =>
  id => {
    const protocol = protocols(id)
    const conversation = protocol?.shape.otherwise
    return protocol && conversation ? { ...protocol, shape: { ...protocol.shape, conversation } } : protocol
  }

/** A request in the form in which it is written down, without the answer. */
export type Request = Interaction['request']

/** How each kind of crossing is called in a cassette: `CALL tool:read_file`. */
export const verbs: Readonly<Record<Kind, string>> = {
  tool: 'CALL',
  tools: 'LIST',
  hook: 'HOOK',
  stop: 'HALT',
  compact: 'PACK',
  permission: 'RULE',
  question: 'ASK',
  message: 'SAY',
  heard: 'HEAR',
  setting: 'SET',
  interruption: 'STOP',
  fact: 'READ',
}

/** A model call, before it is redacted. */
export const requestOfExchange = ({ protocol, provider, operation, url, body }: Exchange): Request => ({
  method: 'POST',
  url,
  provider,
  protocol,
  operation,
  body: bounded(body, 'A request to the model'),
})

/** Any other crossing, before it is redacted. */
export const requestOfEffect = <K extends Kind>(kind: K, ask: Ask<K>): Request => {
  const method = verbs[kind]
  if ('content' in ask) return { method, url: `${kind}:${ask.name ?? 'user'}`, body: written(ask.content) }
  return { method, url: `${kind}:${ask.name}`, body: kind === 'tools' ? listing(ask as Ask<'tools'>) : inputOf(ask) }
}

const inputOf = (ask: object): Json => {
  if ('input' in ask) return bounded(ask.input as JsonObject, 'What a call is asked for')
  return 'turn' in ask ? { turn: ask.turn as number } : null
}

/** All agents open their toolsets in one lane. */
const listing = ({ caller, turn }: Ask<'tools'>): Json => ({
  agent: caller.agent,
  ...(turn !== undefined && { turn }),
})

/**
 * What a request is compared by. `exact` is everything that counts; `conversation` is what was said alone, and absent
 * for what is no model call in a protocol we speak; `digests` are short ones of both. Each is made when it is asked for,
 * since most requests are found without.
 */
export type Compared = {
  readonly tree: Json
  /** The body alone. */
  readonly text: string
  readonly exact: string
  readonly conversation: string | undefined
  readonly digests: { readonly exact: string; readonly conversation: string | undefined }
}

export const comparedOf = (request: Request, protocols: Protocols): Compared => {
  const shape = request.protocol === undefined ? undefined : protocols(request.protocol)?.shape
  const tree = canonical(request.body, shape)
  const text = canonicalText(tree)
  const exact = `${request.method} ${callee(request)} ${text}`
  const conversation = once(() => {
    const said = shape && conversationOf({ ...request, body: tree }, protocols)
    return said && `${request.protocol} ${canonicalText(said.turns as unknown as Json)}`
  })
  const exactDigest = once(() => digest(exact))
  const conversationDigest = once(() => {
    const text = conversation()
    return text === undefined ? undefined : digest(text)
  })
  return {
    tree,
    text,
    exact,
    get conversation() {
      return conversation()
    },
    digests: {
      get exact() {
        return exactDigest()
      },
      get conversation() {
        return conversationDigest()
      },
    },
  }
}

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Whom a request is for: the provider and what is called there, wherever its server stands. */
const callee = ({ provider, operation, url }: Request): string =>
  provider === undefined ? url : `${provider} ${operation}`

/** A model call in the conversation's own terms; nothing for anything else. Bodies may be canonical or not. */
export const conversationOf = (request: Request, protocols: Protocols): Conversation | undefined => {
  const shape = request.protocol === undefined ? undefined : protocols(request.protocol)?.shape
  if (!shape || !isJsonObject(request.body)) return undefined
  return briefed(shape.conversation(request.body as JsonObject, request.operation ?? request.url))
}

/**
 * cagent gives a sub-agent its task as a system message, and lets the user say "Please proceed."; ours is told by the
 * user, so that tasks are compared. Its recordings are read as if they were ours.
 */
const briefed = (conversation: Conversation): Conversation => {
  const briefing = conversation.system.findLast(text => text.startsWith('You are a member of a team of agents.'))
  const [first, ...rest] = conversation.turns
  if (briefing === undefined || !first || !JSON.stringify(first.content).includes('Please proceed.'))
    return conversation
  return {
    ...conversation,
    system: conversation.system.filter(text => text !== briefing),
    turns: [{ ...first, content: replacedText(first.content, briefing) }, ...rest],
  }
}

const replacedText = (content: Json, text: string): Json =>
  JSON.parse(JSON.stringify(content).replace('"Please proceed."', () => JSON.stringify(text))) as Json

/**
 * The key of an interaction: short digests of what it is compared by, and of what was said in its answer, so that an
 * edited one is noticed.
 */
export const keyOf = ({ digests: { exact, conversation } }: Compared, said?: Json): string => {
  if (conversation === undefined) return exact
  return [exact, conversation, ...(said === undefined ? [] : [digestOfSaid(said)])].join(' ')
}

/**
 * The key where what was said decides alone, since there are no bytes: of a model call it tells only the conversation, so
 * that it stays as it is when instructions change.
 */
export const slimKeyOf = ({ digests: { exact, conversation } }: Compared): string =>
  conversation === undefined ? exact : `- ${conversation}`

/** The digests in a key: `exact` finds equal requests, `conversation` those that say the same. */
export const digestsIn = (key: string): { exact?: string; conversation?: string; said?: string } => {
  const [exact = '', conversation, said] = key.split(' ')
  return {
    ...(exact !== '-' && { exact }),
    ...(conversation !== undefined && { conversation }),
    ...(said !== undefined && { said }),
  }
}

/** Whether a key was made of this request. */
export const isKeyOf = (key: string, { digests }: Compared): boolean => {
  const { exact, conversation } = digestsIn(key)
  return exact === undefined ? conversation === digests.conversation : exact === digests.exact
}

export const digestOfSaid = (said: Json): string => digest(canonicalText(canonical(said, undefined)))
