import { dirname } from 'node:path'
import { type OpenCassette, openCassette, resolveCassette } from '../../cassette/file/file.ts'
import { foreignReader } from '../../cassette/import/read.ts'
import type { Reading } from '../../cassette/view/transcript.ts'
import { costOf } from '../../models/price.ts'
import { loadAllProtocols } from '../../models/protocols.ts'
import { settingsFor } from '../settings/settings-read.ts'
import { originsWith } from './origin.ts'

/** A cassette by its name, as `--fake` takes it. Throws a Failure where there is none, or it cannot be read. */
export const namedCassette = (name: string, from: string): OpenCassette => cassetteAt(resolveCassette(name, from), from)

/** A cassette by its path, seen from a folder of a project. Throws a Failure where it cannot be read. */
export const cassetteAt = (path: string, from = dirname(path)): OpenCassette =>
  openCassette(path, { origin: originsWith(settingsFor(from).origins), foreign: foreignReader() })

/** All that it takes to read any cassette, without replaying it. */
export const reading = async (): Promise<Reading> => {
  const byId = new Map((await loadAllProtocols()).map(protocol => [protocol.id, protocol]))
  return { protocols: id => byId.get(id), costOf }
}
