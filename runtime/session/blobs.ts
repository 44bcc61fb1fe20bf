import { createHash } from 'node:crypto'
import { isDeeperThan, isJsonObject, type Json } from '../core/json.ts'
import type { Database } from './database.ts'

/** Characters from which on a file stands by itself, once for all messages that hold it. */
const long = 1024

/** The bytes, kept under their SHA-256 for as long as a session uses them. */
export const keepBlob = (database: Database, session: string, bytes: Uint8Array): string => {
  const hash = hashOf(bytes)
  database.prepare('insert or ignore into blobs (hash, data) values (?, ?)').run(hash, bytes)
  database.prepare('insert or ignore into blob_uses (session, hash) values (?, ?)').run(session, hash)
  return hash
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Undefined where it was lost. */
export const blobOf = (database: Database, hash: string): Uint8Array | undefined => {
  const data = database.prepare('select data from blobs where hash = ?').get(hash)?.['data']
  return data instanceof Uint8Array ? data : undefined
}

/**
 * JSON with files by their hashes in place of their bytes. What is nested deeper than SQLite reads is there as text, and
 * beside it as far down as whoever searches looks. Throws where it is too deep for any JSON.
 */
export const packed = (value: unknown, keep: (bytes: Uint8Array) => string): string => {
  const text = written(value, keep)
  if (!isDeeperThan(value as Json, deepest)) return text
  return JSON.stringify({ [deep]: text, ...(cut(JSON.parse(text) as Json, shallow) as object) })
}

/** Levels that SQLite reads are a thousand. */
const deepest = 500
const shallow = 20
const deep = 'deep'

const written = (value: unknown, keep: (bytes: Uint8Array) => string): string => {
  try {
    return JSON.stringify(value, (_, part: unknown) => {
      if (!isJsonObject(part) || part['type'] !== 'file' || typeof part['data'] !== 'string') return part
      const { data, ...rest } = part
      return data.length < long ? part : { ...rest, blob: keep(Buffer.from(data, 'base64')) }
    })
  } catch (error) {
    throw error instanceof RangeError ? new Error('something that was said is nested too deep') : error
  }
}

const cut = (value: Json, levels: number): Json => {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map(item => cut(item, levels - 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item, levels - 1)]))
}

/** What was packed; a file that was lost is empty. */
export const unpacked = (text: string, find: (hash: string) => Uint8Array | undefined): Json => {
  if (text.startsWith(`{"${deep}":`)) return unpacked((JSON.parse(text) as { [deep]: string })[deep], find)
  if (!text.includes('"blob"')) return JSON.parse(text) as Json
  return JSON.parse(text, (_, part: unknown) => {
    if (!isJsonObject(part) || part['type'] !== 'file' || typeof part['blob'] !== 'string') return part
    const { blob, ...rest } = part
    return { ...rest, data: Buffer.from(find(blob) ?? new Uint8Array()).toString('base64') }
  }) as Json
}
