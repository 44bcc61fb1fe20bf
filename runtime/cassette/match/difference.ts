import { isDeepStrictEqual } from 'node:util'
import type { Conversation } from '../../core/protocol.ts'
import type { Difference } from './cause.ts'
import { argumentsDifference, firstPlace, parameterDifference } from './difference-place.ts'
import { turnDifference } from './difference-turns.ts'
import { neutralTurns } from './neutral.ts'
import { type Compared, comparedOf, conversationOf, type Protocols, type Request } from './request.ts'
import { cutAt, firstDifferentLine } from './text.ts'

/** All that differs between two requests, the conversation first. None for requests that are compared as equal. */
export const differencesBetween = (recorded: Request, now: Request, protocols: Protocols): Difference[] => {
  const sideOf = (request: Request): Side => ({ request, compared: comparedOf(request, protocols) })
  return differencesTo(sideOf(now), protocols)(sideOf(recorded))
}

/** A request, and what it is compared by. */
export type Side = { readonly request: Request; readonly compared: Compared }

/** The same for one request and many that were recorded: it is looked at only once. */
export const differencesTo = (now: Side, protocols: Protocols): ((recorded: Side) => Difference[]) => {
  const asked = readIn(now, protocols)
  return recorded =>
    recorded.request.protocol === now.request.protocol
      ? differencesOf(readIn(recorded, protocols), asked)
      : differencesOfMakers(recorded.request, now.request, protocols)
}

/** A request as it is compared, and what is said in it. */
type Read = { readonly request: Request; readonly text: string; readonly said: Conversation | undefined }

const readIn = ({ request, compared: { tree, text } }: Side, protocols: Protocols): Read => {
  const compared = { ...request, body: tree }
  return { request: compared, text, said: conversationOf(compared, protocols) }
}

const differencesOf = (before: Read, after: Read): Difference[] => {
  const { said: told, request: recorded } = before
  const { said: asked, request: now } = after
  const isSameBody = before.text === after.text
  if (!told || !asked) return isSameBody ? [] : [argumentsDifference(recorded.body, now.body)]
  const ofTurns = turnDifference(told.turns, asked.turns)
  const others = [...modelDifference(told, asked), ...systemDifference(told, asked), ...toolDifference(told, asked)]
  if (others.length === 0) others.push(...calleeDifference(recorded, now))
  const parameters = others.length > 0 || ofTurns || isSameBody ? [] : parameterDifference(recorded.body, now.body)
  return [...(ofTurns ? [ofTurns] : []), ...others, ...parameters]
}

/** Of two protocols only what was said is compared, and by whom, and with which tools. */
const differencesOfMakers = (recorded: Request, now: Request, protocols: Protocols): Difference[] => {
  const told = conversationOf(recorded, protocols)
  const asked = conversationOf(now, protocols)
  const before = neutralTurns(recorded, protocols)
  const after = neutralTurns(now, protocols)
  if (!told || !asked || !before || !after) return [argumentsDifference(recorded.body, now.body)]
  const ofTurns = turnDifference(before, after)
  const named = ({ tools }: Conversation) => tools.map(({ name }) => ({ name, definition: null }))
  return [
    ...(ofTurns ? [ofTurns] : []),
    ...modelDifference({ ...told, model: fullName(recorded, told) }, { ...asked, model: fullName(now, asked) }),
    ...systemDifference(told, asked),
    ...toolDifference({ ...told, tools: named(told) }, { ...asked, tools: named(asked) }),
  ]
}

const fullName = ({ provider = 'unknown', protocol = '' }: Request, { model }: Conversation): string =>
  `${provider}/${model} (${protocol})`

const modelDifference = (told: Conversation, asked: Conversation): Difference[] =>
  told.model === asked.model
    ? []
    : [
        {
          cause: 'model',
          what: `the model is ${asked.model} and was ${told.model}`,
          recorded: told.model,
          now: asked.model,
        },
      ]

const calleeDifference = (recorded: Request, now: Request): Difference[] => {
  const [before, after] = [recorded, now].map(({ provider, operation }) => `${provider} ${operation}`)
  return before === after ? [] : [{ cause: 'model', what: `the call goes to ${after} and went to ${before}` }]
}

const systemDifference = (told: Conversation, asked: Conversation): Difference[] => {
  const before = told.system.join('\n')
  const after = asked.system.join('\n')
  if (before === after) return []
  const { line, recorded, now } = firstDifferentLine(before, after)
  return [{ cause: 'instruction', what: 'the instruction changed', where: `line ${line} of it`, recorded, now }]
}

const toolDifference = (told: Conversation, asked: Conversation): Difference[] => {
  const before = new Map(told.tools.map(tool => [tool.name, tool.definition]))
  const after = new Map(asked.tools.map(tool => [tool.name, tool.definition]))
  const added = [...after.keys()].filter(name => !before.has(name))
  const removed = [...before.keys()].filter(name => !after.has(name))
  const changed = [...after.keys()].filter(
    name => before.has(name) && !isDeepStrictEqual(before.get(name), after.get(name)),
  )
  const parts = [listed('new', added), listed('gone', removed), listed('described otherwise', changed)].filter(Boolean)
  const what = `the tool list changed: ${parts.join(', ')}`
  const [only] = changed
  if (parts.length === 1 && only !== undefined) {
    const place = firstPlace(before.get(only) ?? null, after.get(only) ?? null, [])
    return [{ cause: 'tools', what, where: placeText(place, only), recorded: place.recorded, now: place.now }]
  }
  if (parts.length > 0) return [{ cause: 'tools', what }]
  if (isDeepStrictEqual(told.tools, asked.tools)) return []
  return [{ cause: 'tools', what: 'the tools are listed in another order' }]
}

const mostNames = 4

const listed = (word: string, names: readonly string[]): string => {
  if (names.length === 0) return ''
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : ''
  return `${names
    .slice(0, mostNames)
    .map(name => cutAt(name, 60))
    .join(', ')}${more} ${word}`
}

const placeText = ({ path }: { readonly path: readonly string[] }, name: string): string =>
  `${path.join('.') || 'definition'} of ${name}`
