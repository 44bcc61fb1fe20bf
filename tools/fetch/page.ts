import { ToolFailure } from '../../runtime/core/tool.ts'
import type { HttpReply } from '../http/request.ts'
import { markdownOf, plainTextOf } from './render.ts'

/** What came back as text: a page in the form that was asked for, anything else as it is. A ToolFailure for what is no text. */
export const pageText = async (
  { url, contentType, bytes, isCut }: HttpReply,
  format: 'text' | 'markdown' | 'html',
): Promise<string> => {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const text = decoded(bytes, contentType)
  if (!isTextual(type) || text.includes('\0')) {
    throw new ToolFailure(`it is no text but ${type || 'binary'} (${bytes.length.toLocaleString('en')} bytes)`)
  }
  const body = isPage(type, text) ? await inForm(text, url, format) : text
  return isCut ? `${body}\n\n[Cut here: only the first ${bytes.length.toLocaleString('en')} bytes were read.]` : body
}

const inForm = async (html: string, url: URL, format: 'text' | 'markdown' | 'html'): Promise<string> => {
  if (format === 'html') return html
  return await (format === 'markdown' ? markdownOf(html, url.href) : plainTextOf(html))
}

const isPage = (type: string, text: string): boolean =>
  type === 'text/html' || type === 'application/xhtml+xml' || (type === '' && /^\s*<(!doctype html|html)/i.test(text))

const isTextual = (type: string): boolean =>
  type === '' ||
  /^text\/|[/+](json|xml|yaml|javascript|ecmascript|toml|x-www-form-urlencoded|x-ndjson|x-sh)$/.test(type)

/** In the encoding that the server names, or else the page. */
const decoded = (bytes: Uint8Array, contentType: string): string => {
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 1024))
  const named =
    /charset=["']?([\w-]+)/i.exec(contentType)?.[1] ?? /<meta[^>]+charset=["']?([\w-]+)/i.exec(beginning)?.[1]
  try {
    return new TextDecoder(named ?? 'utf-8').decode(bytes)
  } catch {
    // A name that nobody knows.
    return new TextDecoder().decode(bytes)
  }
}
