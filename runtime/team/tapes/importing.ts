import { existsSync } from 'node:fs'
import { adopted } from '../../cassette/care/adopt.ts'
import { cleanedHeader } from '../../cassette/care/check.ts'
import { type OpenCassette, openCassette } from '../../cassette/file/file.ts'
import { rewriteCassette } from '../../cassette/file/rewrite.ts'
import { foreignReader } from '../../cassette/import/read.ts'
import type { CassetteHeader, Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { redactionFor } from '../settings/redaction.ts'
import { settingsFor } from '../settings/settings-read.ts'
import { version } from '../version.ts'
import { redactorWithoutPlaces } from './cleaning.ts'
import { originsWith } from './origin.ts'
import { cassetteAt, reading } from './reading.ts'
import type { Surroundings } from './replacing.ts'

export type ImportOptions = Surroundings & {
  /** Whom recordings are of that name no host, as the beginning of a URL. */
  readonly host?: string | undefined
}

/** What came of an import. `modelCalls` are those in a protocol that is spoken here: only they can be replayed. */
export type Imported = {
  readonly path: string
  readonly format: string
  readonly interactions: number
  readonly modelCalls: number
  readonly note?: string
}

/**
 * Makes a cassette of ours at `to` of a recording of others. Throws a Failure where it cannot be read, where it is ours
 * already, or where something else stands there that was not imported.
 */
export const importRecording = async (from: string, to: string, options: ImportOptions): Promise<Imported> => {
  const settings = settingsFor(options.workingDirectory)
  const cassette = openCassette(from, {
    origin: originsWith(settings.origins),
    foreign: foreignReader({ host: options.host }),
  })
  const { format, note } = cassette
  if (format === undefined || (format === 'go-vcr' && !cassette.modelTrafficOnly)) throw isOurs(from)
  refuseOther(to)
  const count = { interactions: 0, modelCalls: 0 }
  const { path } = await rewriteCassette(to, headerOf(cassette, options), counted(cassette, options, count))
  return { path, format, ...count, ...(note && { note }) }
}

const isOurs = (path: string): Failure =>
  new Failure('usage', `${path} is a cassette of Reprise already.`, { hint: 'It is played back as it is: --fake.' })

/** A second import may take the place of the first; a recording stays. */
const refuseOther = (path: string): void => {
  if (!existsSync(path) || cassetteAt(path).header.imported !== undefined) return
  throw new Failure('usage', `${path} exists already, and was not imported.`, { hint: 'Name another file with -o.' })
}

async function* counted(
  cassette: OpenCassette,
  options: ImportOptions,
  count: { interactions: number; modelCalls: number },
): AsyncGenerator<Interaction> {
  const { protocols } = await reading()
  for await (const interaction of adopted(cassette, { redactor: redactorFor(cassette, options), protocols })) {
    count.interactions++
    if (interaction.request.protocol !== undefined) count.modelCalls++
    yield interaction
  }
}

/** In ours, places are placeholders already; of others it is not known where they were, so it is taken to be here. */
const redactorFor = (cassette: OpenCassette, options: ImportOptions) =>
  cassette.header.reprise === 'foreign'
    ? redactionFor(options, settingsFor(options.workingDirectory)).redactorFor()
    : redactorWithoutPlaces(options, cassette)

const headerOf = (cassette: OpenCassette, options: ImportOptions): CassetteHeader => {
  const { header, format = '' } = cassette
  if (header.reprise !== 'foreign') return cleanedHeader(header, redactorWithoutPlaces(options, cassette))
  const { home, workingDirectory } = options
  const { rules } = redactionFor(options, settingsFor(workingDirectory))
  return {
    reprise: version,
    recorded: header.recorded,
    ...(cassette.note !== undefined && { note: cassette.note }),
    imported: format,
    workingDirectory,
    home,
    ...(rules && { redaction: rules }),
  }
}
