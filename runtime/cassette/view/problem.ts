import type { Interaction, RecordedResponse } from '../../core/cassette.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import { bytesOf } from '../file/body.ts'

/** Why an answer is none, in a line; nothing for one that is whole. */
export const problemIn = (response: RecordedResponse, state: Interaction['state']): string | undefined => {
  const { status, error } = response
  if (error) return error.message
  if (status >= 400) return [`HTTP ${status}`, messageIn(response)].filter(Boolean).join(': ')
  if (state === 'interrupted') return 'cut off'
  return state === 'failed' || status === 0 ? 'failed' : undefined
}

/** What a server says went wrong: in JSON, at one of the places where APIs put it. */
const messageIn = (response: RecordedResponse): string | undefined => {
  const body = parsed(bytesOf(response).toString('utf8'))
  const found = isJsonObject(body) ? body['error'] : Array.isArray(body) ? body[0] : undefined
  if (typeof found === 'string') return found
  const error = isJsonObject(found) && isJsonObject(found['error']) ? found['error'] : (found ?? body)
  return isJsonObject(error) && typeof error['message'] === 'string' ? error['message'] : undefined
}

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
