import { goVcrText, isForGoVcr } from '../../cassette/export/go-vcr.ts'
import { harText } from '../../cassette/export/har.ts'
import type { OpenCassette } from '../../cassette/file/file.ts'
import { protocolsOf } from '../../cassette/match/slim-body.ts'
import { bytesToPlay } from '../../cassette/play/played.ts'
import { restorerOf } from '../../cassette/redact/restore.ts'
import { version } from '../version.ts'
import { reading } from './reading.ts'

export type Exported = {
  readonly text: Iterable<string>
  /** So many interactions the format has no place for. */
  readonly left: number
}

/** A recording in another format, and what it cannot hold. */
export type Export = (cassette: OpenCassette) => Promise<Exported>

const toHar: Export = async cassette => {
  const protocols = protocolsOf(cassette.header, (await reading()).protocols)
  const restorer = { text: (text: string) => text, json: <Value>(value: Value) => value }
  return {
    text: harText(cassette, { creator: version, played: one => bytesToPlay(one, protocols, restorer) }),
    left: 0,
  }
}

const toGoVcr: Export = async cassette => {
  const { header, entries, load } = cassette
  const protocols = protocolsOf(header, (await reading()).protocols)
  const { home, workingDirectory } = header
  const restorer = restorerOf({ ...(home && { home }), ...(workingDirectory && { workingDirectory }) })
  const played: Parameters<typeof harText>[1]['played'] = one => bytesToPlay(one, protocols, restorer)
  return {
    text: goVcrText(cassette, { creator: version, played, restore: restorer.text }),
    left: entries.filter(({ id }) => !isForGoVcr(load(id))).length,
  }
}

/** The formats that a recording can be given to others in, by the names that a user says. */
export const exports = { har: toHar, 'go-vcr': toGoVcr } as const satisfies Readonly<Record<string, Export>>
