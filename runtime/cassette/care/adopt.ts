import type { Interaction, RecordedResponse } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { bodyOf, bytesOf, piecesOf } from '../file/body.ts'
import type { OpenCassette } from '../file/file.ts'
import { comparedOf, keyOf, type Protocols } from '../match/request.ts'
import { keptHeaders } from '../play/kept-headers.ts'
import { saidIn } from '../play/said.ts'
import type { Redactor } from '../redact/redact.ts'
import { cleaned } from './check.ts'
import { rekeyed } from './rekey.ts'

export type AdoptOptions = { readonly redactor: Redactor; readonly protocols: Protocols }

/**
 * What others recorded, as if we had recorded it: redacted, with what was said in it and with keys, numbered from 1.
 * What we recorded ourselves, and comes back in another format, is only looked through for credentials.
 */
export async function* adopted(cassette: OpenCassette, options: AdoptOptions): AsyncGenerator<Interaction> {
  for (const [at, { id }] of cassette.entries.entries()) {
    try {
      yield await adoptedFrom(cassette, { id, number: at + 1 }, options)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // A call whose arguments are brackets alone is read bracket by bracket.
      throw new Failure('cassette-file', `Interaction ${id} of ${cassette.path} is nested too deep to be imported.`, {
        hint: 'No model answers like this: remove it.',
      })
    }
  }
}

const adoptedFrom = async (
  { header, load }: OpenCassette,
  { id, number }: { readonly id: number; readonly number: number },
  options: AdoptOptions,
): Promise<Interaction> => {
  const interaction = load(id)
  if (header.reprise === 'foreign') return await adoptedOne({ ...interaction, id: number }, options)
  return rekeyed(cleaned(interaction, options.redactor), interaction, { header, protocols: options.protocols })
}

const adoptedOne = async (interaction: Interaction, { redactor, protocols }: AdoptOptions): Promise<Interaction> => {
  const { url, operation, body } = interaction.request
  const request = {
    ...interaction.request,
    url: redactor.text(url),
    ...(operation !== undefined && { operation: redactor.text(operation) }),
    body: redactor.json(body),
  }
  const response = await answerOf(interaction, { redactor, protocols })
  return { ...interaction, request, response, key: keyOf(comparedOf(request, protocols), response.said) }
}

/** As a recording of ours would hold it. */
const answerOf = async (
  { request, response }: Interaction,
  { redactor, protocols }: AdoptOptions,
): Promise<RecordedResponse> => {
  const { status, headers = {}, chunks, error } = response
  const protocol = request.protocol === undefined ? undefined : protocols(request.protocol)
  const said = response.said ?? (await saidIn(response, protocol))
  const { chunks: cuts, ...body } = bodyOf(piecesOf(bytesOf(response), chunks), redactor)
  return {
    status,
    ...keptHeaders(headers),
    ...(said !== undefined && { said: redactor.json(said) }),
    ...(response.body !== undefined && { ...body, ...(chunks !== undefined && cuts && { chunks: cuts }) }),
    ...(error && { error }),
  }
}
