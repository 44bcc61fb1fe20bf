import { basename } from 'node:path'
import { type ContentPart, textOf } from '../../runtime/core/message.ts'
import { type Tool, type ToolContext, ToolFailure } from '../../runtime/core/tool.ts'
import type { Entry } from '../../runtime/core/workspace.ts'
import { count, defineTool, flag, list, optional, text } from '../define.ts'
import { enoughToTell, kindOf } from './kind.ts'
import { readPassage, type Wanted } from './passage.ts'

/** Lines and characters that one reading gives at most: as much as a model takes in without losing its thread. */
const mostLines = 2000
const mostCharacters = 100_000

/** What all files of one `read_multiple_files` give together, and what each may at least. */
const mostTogether = 200_000
const fewestEach = 1000
const mostFiles = 100

/** Providers refuse larger ones. */
const largestImage = 4_500_000

export const readFile = (): Tool =>
  defineTool({
    name: 'read_file',
    description:
      `Read a text file, or look at an image (png, jpeg, gif, webp). Gives up to ${mostLines} lines; ` +
      'read on with offset where it says so.',
    parameters: {
      path: text('The file, relative to the working directory or absolute'),
      offset: optional(count('The line to begin with, counted from 1')),
      limit: optional(count('How many lines')),
    },
    readOnly: true,
    execute: ({ path, offset = 1, limit = mostLines }, context) =>
      contentOf(path, { offset, limit, characters: mostCharacters }, context),
  })

export const readMultipleFiles = (): Tool =>
  defineTool({
    name: 'read_multiple_files',
    description:
      'Read several text files at once. A file that cannot be read does not keep the others from being read.',
    parameters: {
      paths: list(text('A file'), 'The files'),
      json: optional(flag('Give back a JSON list of {path, content} instead of text')),
    },
    readOnly: true,
    async execute({ paths, json = false }, context) {
      if (paths.length > mostFiles)
        throw new ToolFailure(`Read at most ${mostFiles} files at once, not ${paths.length}.`)
      const characters = Math.max(fewestEach, Math.min(mostCharacters, Math.floor(mostTogether / paths.length)))
      const files: { path: string; parts: readonly ContentPart[] }[] = []
      for (const path of paths) {
        context.signal.throwIfAborted()
        files.push({ path, parts: await contentOrFailure(path, { offset: 1, limit: mostLines, characters }, context) })
      }
      if (json) return JSON.stringify(files.map(({ path, parts }) => ({ path, content: textOf(parts) })))
      const together = files.map(({ path, parts }) => `=== ${path} ===\n${textOf(parts)}\n\n`).join('')
      return [{ type: 'text', text: together }, ...files.flatMap(({ parts }) => parts.filter(isFile))]
    },
  })

const isFile = (part: ContentPart): boolean => part.type === 'file'

const contentOrFailure = async (
  path: string,
  wanted: Wanted,
  context: ToolContext,
): Promise<readonly ContentPart[]> => {
  try {
    return await contentOf(path, wanted, context)
  } catch (error) {
    if (error instanceof ToolFailure) return [{ type: 'text', text: `Error reading file: ${error.message}` }]
    throw error
  }
}

const contentOf = async (path: string, wanted: Wanted, context: ToolContext): Promise<readonly ContentPart[]> => {
  const { workspace } = context
  const kind = kindOf(await workspace.read(path, { start: 0, end: enoughToTell }))
  const file = await workspace.stat(path)
  if (!file) throw new ToolFailure(`${path} not found: it was removed while it was read.`)
  if (kind.type === 'image') return await imageOf(path, { ...file, mediaType: kind.mediaType }, context)
  if (kind.type === 'binary') {
    const what = `${kind.mediaType}, ${inBytes(file.size)}`
    throw new ToolFailure(
      `${path} is a binary file (${what}), so it is not shown. A command such as file or strings may help.`,
    )
  }
  const passage = await readPassage(context, { path, encoding: kind.encoding }, wanted)
  if (!passage) throw new ToolFailure(`${path} ends before line ${wanted.offset}.`)
  if (passage.text === '') return [{ type: 'text', text: `[${path} is empty]` }]
  if (passage.next === undefined) return [{ type: 'text', text: passage.text }]
  const shown = passage.cut
    ? `Line ${wanted.offset} is too long: only its first ${passage.text.length} characters are shown`
    : `Lines ${wanted.offset} to ${passage.next - 1} are shown`
  const notice = `[${shown}, of a file of ${inBytes(file.size)}. To go on, read with offset ${passage.next}.]`
  return [{ type: 'text', text: `${passage.text}${passage.text.endsWith('\n') ? '' : '\n'}\n${notice}` }]
}

const imageOf = async (
  path: string,
  { size, mediaType }: Entry & { readonly mediaType: string },
  { workspace }: ToolContext,
): Promise<readonly ContentPart[]> => {
  if (size > largestImage) {
    throw new ToolFailure(`${path} is an image of ${inBytes(size)}; at most ${inBytes(largestImage)} can be looked at.`)
  }
  const data = Buffer.from(await workspace.read(path)).toString('base64')
  return [
    { type: 'text', text: `Read image file ${path} [${mediaType}] (${size} bytes)` },
    { type: 'file', mediaType, data, name: basename(path) },
  ]
}

const inBytes = (size: number): string => `${size.toLocaleString('en')} bytes`
