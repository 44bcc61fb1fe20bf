import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Location, LocationLink, Range } from 'vscode-languageserver-protocol/node'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { type Document, textOf } from './documents.ts'
import type { FileWork } from './server.ts'
import { lineOf, lineStarts } from './text.ts'

/** Places and symbols that are told at most, and files of which lines are shown. */
export const mostTold = 200
const mostFiles = 40

/** A path as tools take it: relative below the working directory, absolute elsewhere. */
export const shownPath = (path: string, root: string): string => {
  const way = relative(root, path)
  return way === '' || way.startsWith('..') || isAbsolute(way) ? path : way
}

/** The path of a `file:` address. Nothing for others, such as those of sources inside archives. */
export const pathIn = (uri: string): string | undefined => {
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

export const shownUri = (uri: string, root: string): string => {
  const path = pathIn(uri)
  return path === undefined ? uri : shownPath(path, root)
}

type Place = { readonly line: number; readonly character: number }

/** A position in the protocol's own words. Throws a ToolFailure for a line that the file does not have. */
export const positionIn = (
  { uri, starts, path }: Document,
  { line, character }: Place,
  root: string,
): { textDocument: { uri: string }; position: Place } => {
  if (line > starts.length) {
    throw new ToolFailure(`${shownPath(path, root)} has ${starts.length} lines, so there is no line ${line}.`)
  }
  return { textDocument: { uri }, position: { line: line - 1, character: character - 1 } }
}

/** `a.ts:3:7`, with the text that stands there: a model that counted wrong can see it. */
export const placeText = ({ document, workspace }: FileWork, { line, character }: Place): string => {
  const text = lineOf(document.text, document.starts, line - 1)
  const here = `${text.slice(0, character - 1)}⟨here⟩${text.slice(character - 1)}`.trim()
  return `${shownPath(document.path, workspace.root)}:${line}:${character}: ${cutText(here)}`
}

export const cutText = (text: string, most = 160): string => (text.length > most ? `${text.slice(0, most)}…` : text)

export type Found = Location | readonly (Location | LocationLink)[] | null

const placesIn = (found: Found): { uri: string; range: Range }[] =>
  [found ?? []].flat().map(one => ('targetUri' in one ? { uri: one.targetUri, range: one.targetSelectionRange } : one))

/** A line a place, with the line of the source that stands there. */
export const locationsText = async (found: Found, { documents, workspace }: FileWork): Promise<string> => {
  const places = placesIn(found)
  const read = linesOf(workspace, path => documents.at(path)?.text)
  const lines: string[] = []
  for (const { uri, range } of places.slice(0, mostTold)) {
    const { line, character } = range.start
    const source = await read(uri, line)
    lines.push(`- ${shownUri(uri, workspace.root)}:${line + 1}:${character + 1}${source === '' ? '' : `: ${source}`}`)
  }
  return [`Found ${places.length} location(s):`, ...lines, ...more(places.length)].join('\n')
}

export const more = (count: number): string[] => (count > mostTold ? [`… and ${count - mostTold} more`] : [])

/** Lines of files by their addresses, of a limited number of files. */
const linesOf = (workspace: Workspace, known: (path: string) => string | undefined) => {
  const files = new Map<string, { text: string; starts: readonly number[] }>()
  const fileAt = async (uri: string) => {
    const path = pathIn(uri)
    if (path === undefined || files.size >= mostFiles) return undefined
    const text = known(path) ?? (await textOf(path, workspace).catch(() => ''))
    return { text, starts: lineStarts(text) }
  }
  return async (uri: string, line: number): Promise<string> => {
    const file = files.get(uri) ?? (await fileAt(uri))
    if (!file) return ''
    files.set(uri, file)
    return cutText(lineOf(file.text, file.starts, line).trim())
  }
}
