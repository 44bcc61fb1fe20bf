import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** What a message holds beside words, in no protocol's terms: its kind, and its bytes in one spelling. Names do not count. */
export type NeutralFile = { readonly file: string; readonly data: string }

/** A file as one of our protocols writes it; nothing for what is none, such as one that stands at an address. */
export const neutralFile = (part: JsonObject): NeutralFile | undefined => {
  for (const read of ways) {
    const found = read(part)
    if (found)
      return { file: found.file, data: found.data.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '') }
  }
  return undefined
}

type Way = (part: JsonObject) => NeutralFile | undefined

const objectIn = (value: Json | undefined): JsonObject => (value !== undefined && isJsonObject(value) ? value : {})

const fileOf = (file: Json | undefined, data: Json | undefined): NeutralFile | undefined =>
  typeof file === 'string' && typeof data === 'string' ? { file, data } : undefined

/** `data:image/png;base64,iVBO…` */
const ofUrl = (url: Json | undefined): NeutralFile | undefined => {
  const [, file, data] = (typeof url === 'string' && /^data:([^;,]+);base64,([^,]*)$/s.exec(url)) || []
  return fileOf(file, data)
}

const ways: readonly Way[] = [
  // Chat Completions
  ({ type, image_url }) => (type === 'image_url' ? ofUrl(objectIn(image_url)['url']) : undefined),
  ({ type, file }) => (type === 'file' ? ofUrl(objectIn(file)['file_data']) : undefined),
  ({ type, input_audio }) => {
    const { format, data } = objectIn(input_audio)
    return type === 'input_audio' ? fileOf(`audio/${String(format)}`, data) : undefined
  },
  // Responses
  ({ type, image_url }) => (type === 'input_image' ? ofUrl(image_url) : undefined),
  ({ type, file_data }) => (type === 'input_file' ? ofUrl(file_data) : undefined),
  // Messages
  ({ type, source }) => {
    const { type: kind, media_type, data } = objectIn(source)
    return (type === 'image' || type === 'document') && kind === 'base64' ? fileOf(media_type, data) : undefined
  },
  // Gemini
  ({ inlineData, inline_data }) => {
    const { mimeType, mime_type, data } = objectIn(inlineData ?? inline_data)
    return fileOf(mimeType ?? mime_type, data)
  },
]
