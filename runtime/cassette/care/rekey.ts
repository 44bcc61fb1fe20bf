import type { CassetteHeader, Interaction } from '../../core/cassette.ts'
import { comparedOf, keyOf, type Protocols, slimKeyOf } from '../match/request.ts'
import { protocolsOf } from '../match/slim-body.ts'
import { isEdited } from '../play/played.ts'

/**
 * An interaction that was changed by us, with a key that fits it. Where a person had edited what was said in it before,
 * the bytes are left out: they were not played any more. One that never had a key gets none.
 */
export const rekeyed = (
  changed: Interaction,
  before: Interaction,
  { header, protocols }: { readonly header: CassetteHeader; readonly protocols: Protocols },
): Interaction => {
  const ways = protocolsOf(header, protocols)
  const { key: _, ...rest } = changed
  if (before.key === undefined) return rest
  const compared = comparedOf(changed.request, ways)
  const { said, body, chunks: __, encoding: ___, ...response } = changed.response
  const key = header.slim && body === undefined ? slimKeyOf(compared) : keyOf(compared, said)
  if (!isEdited(before, ways)) return { ...rest, key }
  return { ...rest, response: { ...response, ...(said !== undefined && { said }) }, key }
}
