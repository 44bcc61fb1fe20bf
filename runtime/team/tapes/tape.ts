import { type OpenCassette, openCassette, resolveCassette } from '../../cassette/file/file.ts'
import { Failure } from '../../core/errors.ts'
import { type ExtraOrigin, originsWith } from './origin.ts'

/**
 * A cassette that is to be played back, by its name. Recordings of others are read by what is loaded for them alone:
 * a replay starts fast. Throws a Failure where there is none, or it cannot be read.
 */
export const tapeOf = async (
  name: string,
  cassettesFrom: string,
  origins?: readonly ExtraOrigin[],
): Promise<OpenCassette> => {
  const path = resolveCassette(name, cassettesFrom)
  const context = { origin: originsWith(origins) }
  try {
    return openCassette(path, context)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { foreignReader } = await import('../../cassette/import/read.ts')
    return openCassette(path, { ...context, foreign: foreignReader() })
  }
}
