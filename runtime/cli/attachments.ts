import { basename, extname } from 'node:path'
import { Failure } from '../core/errors.ts'
import type { ContentPart } from '../core/message.ts'
import { readNamed } from './files.ts'

const mediaTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.pdf': 'application/pdf',
}

/** Providers refuse more; a base64 body is a third larger still. */
const largest = 20 * 1024 * 1024

/** A file as part of a message: images and PDFs as they are, text inside a frame that names it. */
export const attachment = (path: string, workingDirectory: string): ContentPart => {
  const bytes = readNamed('The attachment', path, workingDirectory)
  if (bytes.length > largest) {
    throw new Failure('usage', `${path} has ${bytes.length} bytes; an attachment may have ${largest}.`)
  }
  const mediaType = mediaTypes[extname(path).toLowerCase()]
  if (mediaType) return { type: 'file', mediaType, data: bytes.toString('base64'), name: basename(path) }
  const text = bytes.toString('utf8')
  if (text.includes('\uFFFD') || text.includes('\0')) {
    throw new Failure('usage', `${path} is neither text nor an image nor a PDF.`, {
      hint: `Files with these endings can be attached as they are: ${Object.keys(mediaTypes).join(' ')}.`,
    })
  }
  return { type: 'text', text: `<attached_file path="${path}">\n${text}\n</attached_file>` }
}
