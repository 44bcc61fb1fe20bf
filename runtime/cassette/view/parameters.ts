import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { conversationOf, type Protocols, type Request } from '../match/request.ts'

/**
 * What a model call is set to, beside what is said in it: the fields of its body that, standing alone, would say
 * nothing. Found by trying, so that it holds for any protocol.
 */
export const parametersOf = (request: Request, protocols: Protocols): JsonObject => {
  const { body } = request
  if (!isJsonObject(body)) return {}
  const nothing = conversationOf({ ...request, body: {} }, protocols)
  const saysNothing = ([key, value]: [string, Json]): boolean =>
    isDeepStrictEqual(conversationOf({ ...request, body: { [key]: value } }, protocols), nothing)
  return Object.fromEntries(Object.entries(body).filter(saysNothing))
}
