import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { largest, Refused } from '../file/bounds.ts'

/** Bytes as they are meant. `encoding` is what their header says of it, which is often no longer true. */
export type Unpack = (bytes: Buffer, encoding?: string) => Buffer

/** For one file: all that is unpacked of it together must not be more than four times what is read at once. */
export const unpackerOf = (): Unpack => {
  let left = 4 * largest
  return (bytes, encoding) => {
    const unpack = packings.find(({ isIt }) => isIt(bytes, encoding))?.unpack
    if (!unpack) return bytes
    const unpacked = tried(() => unpack(bytes, { maxOutputLength: Math.min(left, largest) }))
    left -= unpacked?.length ?? 0
    return unpacked ?? bytes
  }
}

/** What only looks packed, or is damaged, stays as it is. */
const tried = (unpack: () => Buffer): Buffer | undefined => {
  try {
    return unpack()
  } catch (error) {
    if (error instanceof RangeError) throw new Refused('what is packed in it is larger than 64 MB')
    return undefined
  }
}

/** The first bytes decide where they can: recorders keep the header and store the body unpacked. */
const packings: readonly {
  readonly isIt: (bytes: Buffer, encoding: string | undefined) => boolean
  readonly unpack: (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer
}[] = [
  { isIt: bytes => begins(bytes, 0x1f, 0x8b), unpack: gunzipSync },
  { isIt: bytes => begins(bytes, 0x28, 0xb5, 0x2f, 0xfd), unpack: zstdDecompressSync },
  { isIt: (bytes, encoding) => encoding === 'deflate' && begins(bytes, 0x78), unpack: inflateSync },
  { isIt: (bytes, encoding) => encoding === 'br' && !isText(bytes), unpack: brotliDecompressSync },
]

const begins = (bytes: Buffer, ...first: readonly number[]): boolean => first.every((byte, at) => bytes[at] === byte)

const isText = (bytes: Buffer): boolean => /^\s*(?:$|[{["<:]|(?:event|data|id):)/.test(bytes.toString('latin1', 0, 200))
