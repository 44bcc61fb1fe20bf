import { basename, extname } from 'node:path'
import { Failure } from '../core/errors.ts'
import { mediaTypeIn } from '../core/media-type.ts'
import type { ContentPart } from '../core/message.ts'
import { readNamed } from './files.ts'

/** Files with these endings are no text. */
const binary = ['.png', '.jpg', '.jpeg', '.gif', '.webp', '.pdf']

/** Providers refuse more; a base64 body is a third larger still. */
const largest = 20 * 1024 * 1024

/** A file as part of a message: images and PDFs as they are, text inside a frame that names it. */
export const attachment = (path: string, workingDirectory: string): ContentPart => {
  const bytes = readNamed('The attachment', path, workingDirectory)
  if (bytes.length > largest) {
    throw new Failure('usage', `${path} has ${bytes.length} bytes; an attachment may have ${largest}.`)
  }
  const mediaType = mediaTypeIn(bytes)
  if (mediaType) return { type: 'file', mediaType, data: bytes.toString('base64'), name: basename(path) }
  if (binary.includes(extname(path).toLowerCase())) {
    throw new Failure('usage', `${path} is not what it is called: it is neither an image nor a PDF.`, {
      hint: 'Open it with an image program, and save it again.',
    })
  }
  const text = bytes.toString('utf8')
  if (text.includes('\uFFFD') || text.includes('\0')) {
    throw new Failure('usage', `${path} is neither text nor an image nor a PDF.`, {
      hint: `Files with these endings can be attached as they are: ${binary.join(' ')}.`,
    })
  }
  return { type: 'text', text: `<attached_file path="${path}">\n${text}\n</attached_file>` }
}
