/** What stands where in a file: enough to name the files that people keep beside their sources. */
const signatures: readonly { readonly mediaType: string; readonly at: number; readonly bytes: string }[] = [
  { mediaType: 'image/png', at: 0, bytes: '\x89PNG' },
  { mediaType: 'image/jpeg', at: 0, bytes: '\xff\xd8\xff' },
  { mediaType: 'image/gif', at: 0, bytes: 'GIF8' },
  { mediaType: 'image/webp', at: 8, bytes: 'WEBP' },
  { mediaType: 'application/pdf', at: 0, bytes: '%PDF-' },
  { mediaType: 'application/zip', at: 0, bytes: 'PK\x03\x04' },
  { mediaType: 'application/gzip', at: 0, bytes: '\x1f\x8b' },
  { mediaType: 'application/x-elf', at: 0, bytes: '\x7fELF' },
  { mediaType: 'application/vnd.sqlite3', at: 0, bytes: 'SQLite format 3\0' },
]

/** How many of a file's first bytes tell what it is; git looks at as many. */
export const enoughToTell = 8000

/** Text and its encoding, or a media type, by the first bytes of a file. */
export type FileKind =
  | { readonly type: 'text'; readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' }
  | { readonly type: 'image'; readonly mediaType: string }
  | { readonly type: 'binary'; readonly mediaType: string }

export const kindOf = (bytes: Uint8Array): FileKind => {
  const beginning = Buffer.from(bytes.subarray(0, enoughToTell)).toString('latin1')
  const mediaType = signatures.find(({ at, bytes }) => beginning.startsWith(bytes, at))?.mediaType
  if (mediaType) return { type: mediaType.startsWith('image/') ? 'image' : 'binary', mediaType }
  if (beginning.startsWith('\xff\xfe')) return { type: 'text', encoding: 'utf-16le' }
  if (beginning.startsWith('\xfe\xff')) return { type: 'text', encoding: 'utf-16be' }
  if (beginning.includes('\0')) return { type: 'binary', mediaType: 'application/octet-stream' }
  return { type: 'text', encoding: 'utf-8' }
}
