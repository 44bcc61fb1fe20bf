import { Failure } from '../core/errors.ts'
import type { ContentPart } from '../core/message.ts'

export type FilePart = Extract<ContentPart, { type: 'file' }>

/** An image of pixels; a drawing in SVG is read by no model but as the text that it is. */
export const isImage = ({ mediaType }: FilePart): boolean => /^image\/(?!svg)/.test(mediaType)

export const isPdf = ({ mediaType }: FilePart): boolean => mediaType === 'application/pdf'

/** A file in a URL. */
export const dataUrl = ({ mediaType, data }: FilePart): string => `data:${mediaType};base64,${data}`

const isText = ({ mediaType }: FilePart): boolean => /^text\/|\bjson\b|\bxml\b|\byaml\b/.test(mediaType)

/**
 * What a tool gave back, with a note in place of each file that the model cannot be sent: a person who attaches one can
 * be told, but a tool must not end the run. Text can be sent always.
 */
export const sendable = (
  content: readonly ContentPart[],
  canSend: (file: FilePart) => boolean,
): readonly ContentPart[] =>
  content.map(part =>
    part.type === 'text' || isText(part) || canSend(part)
      ? part
      : { type: 'text', text: `[${part.name ?? 'a file'} (${part.mediaType}), which cannot be shown to you]` },
  )

/** A text file can be read by every model as words; anything else in a form that the protocol lacks is refused. */
export const asText = (file: FilePart, protocol: string): string => {
  if (!isText(file)) throw unreadable(file, protocol)
  const text = new TextDecoder().decode(Uint8Array.from(atob(file.data), character => character.charCodeAt(0)))
  return `<attached_file path="${file.name ?? 'unnamed'}">\n${text}\n</attached_file>`
}

const unreadable = ({ name, mediaType }: FilePart, protocol: string): Failure =>
  new Failure(
    'model-request',
    `${name ?? 'A file'} (${mediaType}) cannot be sent to this model: ${protocol} has no place for it.`,
    {
      hint: 'Images, PDFs and text can be attached. Convert the file, or use a provider whose API takes it.',
    },
  )
