import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import { type ContentPart, textOf } from '../../runtime/core/message.ts'
import { ToolFailure } from '../../runtime/core/tool.ts'

/** Characters of text in one result: as much as a model takes in; the beginning and the end of more. */
const mostText = 200_000

/**
 * What a call gave back, as parts for the model: text, images, audio and documents, links as Markdown. What is only
 * structured is told as JSON. A result that the server calls an error is thrown as a ToolFailure with its words.
 */
export const contentOf = (result: JsonObject): readonly ContentPart[] => {
  const listed = Array.isArray(result['content']) ? (result['content'] as readonly Json[]) : []
  const parts = listed.flatMap(partsOf)
  const structured = result['structuredContent'] ?? result['toolResult']
  const whole = parts.length === 0 && structured !== undefined ? [text(JSON.stringify(structured, null, 1))] : parts
  const content = joined(clipped(whole))
  if (result['isError'] !== true) return content
  const words = content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
  throw new ToolFailure(words || 'The tool failed and did not say why.')
}

/** What the messages of a prompt say, all of them together: a person says it. */
export const promptOf = ({ messages }: JsonObject): readonly ContentPart[] => {
  const listed = Array.isArray(messages) ? (messages as readonly Json[]) : []
  return contentOf({
    content: listed.flatMap(message => (isJsonObject(message) ? [message['content'] ?? null].flat() : [])),
  })
}

const text = (words: string): ContentPart => ({ type: 'text', text: words.toWellFormed() })

const partsOf = (item: Json): ContentPart[] => {
  if (!isJsonObject(item)) return []
  const read = readers[String(item['type'])]
  return read ? read(item) : [text(JSON.stringify(item))]
}

/** What each kind of content becomes; a kind that came after this was written is told as JSON. */
const readers: Readonly<Record<string, (item: JsonObject) => ContentPart[]>> = {
  text: ({ text: words }) => [text(String(words ?? ''))],
  image: ({ data, mimeType }) => [file(data, mimeType ?? 'image/png')],
  audio: ({ data, mimeType }) => [file(data, mimeType ?? 'audio/wav')],
  resource_link: item => [text(linkTo(item))],
  resource: ({ resource }) => (resource !== undefined && isJsonObject(resource) ? [embedded(resource)] : []),
}

/** Only what is base64 goes further: providers refuse the whole conversation for anything else. */
const file = (data: Json | undefined, mimeType: Json, name?: string): ContentPart => {
  const mediaType = String(mimeType).split(';')[0]?.trim().toLowerCase() ?? ''
  const plain = typeof data === 'string' ? data.replace(/\s/g, '') : ''
  if (plain === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(plain) || !/^\w+\/[\w.+-]+$/.test(mediaType))
    return text(`[${mediaType || 'a file'} that cannot be read]`)
  return { type: 'file', mediaType, data: plain, ...(name !== undefined && { name }) }
}

const linkTo = ({ uri, name, title, description }: JsonObject): string =>
  `[${title ?? name ?? uri}](${uri})${description === undefined ? '' : `\n${description}`}`

const embedded = ({ uri, mimeType, text: words, blob }: JsonObject): ContentPart => {
  if (typeof words === 'string') return text(uri === undefined ? words : `${uri}:\n${words}`)
  const mediaType = String(mimeType ?? 'application/octet-stream')
  if (/^(image\/(?!svg)|audio\/)|^application\/pdf/.test(mediaType)) return file(blob ?? null, mediaType, nameIn(uri))
  if (/^text\/|\b(json|xml|yaml)\b/.test(mediaType)) return text(`${uri}:\n${decoded(blob)}`)
  return text(`[${uri}: ${mediaType}, ${Math.floor((String(blob ?? '').length * 3) / 4)} bytes that are no text]`)
}

const nameIn = (uri: Json | undefined): string | undefined =>
  String(uri ?? '')
    .split(/[/?#]/)
    .filter(Boolean)
    .at(-1)

const decoded = (blob: Json | undefined): string => Buffer.from(String(blob ?? ''), 'base64').toString()

const clipped = (parts: readonly ContentPart[]): readonly ContentPart[] => {
  let room = mostText
  return parts.map(part => {
    if (part.type !== 'text') return part
    const fitting = part.text.length <= room ? part.text : ends(part.text, room)
    room = Math.max(0, room - part.text.length)
    return { ...part, text: fitting }
  })
}

/** Blocks of text are one text, a line each: some protocols would run them into one another. */
const joined = (parts: readonly ContentPart[]): readonly ContentPart[] => {
  const together: ContentPart[] = []
  for (const part of parts) {
    const last = together.at(-1)
    if (last?.type !== 'text') {
      together.push(part)
      continue
    }
    together[together.length - 1] = text(last.text.endsWith('\n') ? last.text : `${last.text}\n`)
    if (part.type === 'text') together.push(text(`${textOf(together.splice(-1))}${part.text}`))
    else together.push(part)
  }
  return together
}

const ends = (words: string, room: number): string => {
  const half = Math.floor(room / 2)
  const left = (words.length - 2 * half).toLocaleString('en')
  const tail = half === 0 ? '' : words.slice(-half)
  return `${words.slice(0, half)}\n\n[${left} characters are left out here]\n\n${tail}`.toWellFormed()
}
