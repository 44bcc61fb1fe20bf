import { Failure } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { Refused, refuseLarge } from '../file/bounds.ts'
import type { Index } from '../file/scan.ts'
import type { Source } from '../file/source.ts'
import { besideOf } from './beside.ts'
import { type Format, parsedFrom, type Read } from './format.ts'
import { har } from './har.ts'
import { isHostless, urlOf } from './hosts.ts'
import { httprr } from './httprr.ts'
import { itemOf, type Kept, type Way } from './kept.ts'
import { httpmock, nock, wireMock } from './mocks.ts'
import { azureProxy, datadog, reqLlm, seinfeld, talkcody } from './projects.ts'
import { unfit } from './unfit.ts'
import { unpackerOf } from './unpack.ts'
import { vcrForR, vcrForRuby, vcrpy, vcrpyPairs } from './vcr.ts'

/** Every format of others that is read, but for go-vcr's, which is so near to ours that it is read as ours are. */
export const formats: readonly Format[] = [
  vcrpy,
  vcrpyPairs,
  vcrForR,
  vcrForRuby,
  har,
  nock,
  httpmock,
  seinfeld,
  azureProxy,
  reqLlm,
  talkcody,
  datadog,
  wireMock,
  httprr,
]

/** `host` is whom recordings are of that name none: a URL without a path. */
export type ForeignOptions = { readonly host?: string | undefined }

/**
 * Reads recordings of others at once. Nothing for what is none of theirs, which may be ours. Throws a Failure that says
 * why for one that cannot be played back, and for what is larger or deeper than any honest file.
 */
export const foreignReader =
  ({ host }: ForeignOptions = {}) =>
  (source: Source): Index | undefined => {
    if (isOurs(source)) return undefined
    try {
      return indexed(source, host)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      throw refusal(source, error.message)
    }
  }

/** Ours may be of any size, and are read bit by bit. */
const isOurs = (source: Source): boolean => /^reprise: /m.test(source.read(0, Math.min(source.size, 65_536)).toString())

const indexed = (source: Source, host: string | undefined): Index | undefined => {
  refuseLarge(source.size)
  const unpack = unpackerOf()
  const parsed = parsedFrom(unpack(source.read(0, source.size)))
  const format = formats.find(({ isIt }) => isIt(parsed))
  if (format) return indexOf(format, format.read(parsed, besideOf(source.path)), { unpack, host })
  const known = unfit.find(({ isIt }) => isIt(parsed))
  if (known) throw new Refused(`it is ${known.name}: it holds ${known.why}`)
  if ('interactions' in parsed.fields) return undefined
  throw new Refused('it is none of the recordings that are read')
}

const refusal = ({ path }: Source, why: string): Failure =>
  new Failure('cassette-file', `${path} cannot be played back: ${why}.`, {
    hint: `Formats that are read: ${['go-vcr', ...formats.map(({ name }) => name)].join(', ')}.`,
  })

const indexOf = ({ name }: Format, read: Read, way: Way): Index => {
  const items = read.ours?.items ?? read.kept.map((kept, at) => itemOf(kept, at + 1, way))
  const notes = [read.note, hostNote(read.kept, way)].filter(note => note !== undefined)
  return {
    ...listed(items),
    header: read.ours?.header ?? {},
    format: name,
    ...(typeof read.recorded === 'string' && { recorded: read.recorded }),
    ...(notes.length > 0 && { note: notes.join(' ') }),
  }
}

const listed = (items: readonly JsonObject[]): Pick<Index, 'entries' | 'item' | 'asked'> => {
  const byId = new Map(items.map(item => [item['id'] as number, item]))
  const item = (id: number) => byId.get(id) as JsonObject
  return { entries: items.map(entryOf), item, asked: item }
}

const entryOf = ({ id, lane, key, request }: JsonObject) => {
  const { method, url } = request as JsonObject
  return {
    id: id as number,
    lane: typeof lane === 'string' ? lane : 'root',
    method: String(method),
    url: String(url),
    ...(typeof key === 'string' && { key }),
  }
}

const hostNote = (kept: readonly Kept[], { host }: Way): string | undefined => {
  if (host !== undefined || !kept.some(({ url }) => isHostless(url))) return undefined
  const guessed = new Set(kept.filter(({ url }) => isHostless(url)).map(one => new URL(urlOf(one, undefined)).origin))
  return `It names no host, and is taken for traffic of ${[...guessed].join(' and ')}.`
}
