import type { ToolContext } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import type { FileKind } from './kind.ts'

type Encoding = Extract<FileKind, { type: 'text' }>['encoding']

/** Which lines of a file are wanted. `offset` counts from 1; `characters` bounds what comes back, whatever is asked for. */
export type Wanted = { readonly offset: number; readonly limit: number; readonly characters: number }

/** `next` is the line to go on with, absent at the end of the file; `cut` says that a single line was too long. */
export type Passage = { readonly text: string; readonly next?: number; readonly cut: boolean }

const chunk = 256 * 1024

/** Lines of a file of any size, holding no more of it than comes back; nothing when the file ends before them. */
export const readPassage = async (
  { workspace, signal }: ToolContext,
  { path, encoding }: { readonly path: string; readonly encoding: Encoding },
  wanted: Wanted,
): Promise<Passage | undefined> => {
  let line = 1
  let text = ''
  let whole = true
  for await (const piece of decoded(workspace, path, encoding)) {
    signal.throwIfAborted()
    const { start, line: reached } = skipped(piece, wanted.offset - line)
    line += reached
    text += piece.slice(start)
    if (text.length > wanted.characters || endOfLine(text, wanted.limit) !== undefined) {
      whole = false
      break
    }
  }
  if (text === '' && wanted.offset > 1) return undefined
  return cutTo(text, whole, wanted)
}

async function* decoded(workspace: Workspace, path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for (let start = 0; ; start += chunk) {
    const bytes = await workspace.read(path, { start, end: start + chunk })
    const last = bytes.length < chunk
    yield decoder.decode(bytes, { stream: !last })
    if (last) return
  }
}

/** Where in a piece the wanted lines begin, and how many line ends lie before. */
const skipped = (piece: string, lines: number): { readonly start: number; readonly line: number } => {
  let start = 0
  for (let line = 0; line < lines; line++) {
    const end = piece.indexOf('\n', start)
    if (end < 0) return { start: piece.length, line }
    start = end + 1
  }
  return { start, line: Math.max(lines, 0) }
}

/** The index behind so many lines, if there is that much. */
const endOfLine = (text: string, lines: number): number | undefined => {
  const { start, line } = skipped(text, lines)
  return line === lines && start > 0 ? start : undefined
}

const cutTo = (text: string, whole: boolean, { offset, limit, characters }: Wanted): Passage => {
  const lines = text.slice(0, endOfLine(text, limit))
  if (lines.length > characters) {
    const end = lines.lastIndexOf('\n', characters - 1) + 1
    if (end > 0) return { text: lines.slice(0, end), next: offset + linesIn(lines.slice(0, end)), cut: false }
    return { text: lines.slice(0, characters).toWellFormed(), next: offset + 1, cut: true }
  }
  if (whole && lines.length === text.length) return { text, cut: false }
  return { text: lines, next: offset + linesIn(lines), cut: false }
}

const linesIn = (text: string): number => text.split('\n').length - 1
