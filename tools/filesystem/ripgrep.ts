import { join } from 'node:path'
import { isJsonObject, type JsonObject } from '../../runtime/core/json.ts'
import type { ToolContext } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { type Match, mostMatches, type Query } from './matches.ts'

/** How ripgrep is told to look at the same files as we do: hidden ones too, and of ignore files only git's. */
const flags = [
  '--json',
  '--crlf',
  '--no-config',
  '--hidden',
  '--sort=path',
  '--no-require-git',
  '--no-ignore-dot',
  '--no-ignore-global',
  '--no-ignore-exclude',
  '--no-messages',
]

/**
 * Searches a folder with ripgrep, which is many times faster than we are; nothing where it is not installed, or does not
 * understand the query (it knows no look-ahead). At most one match more than are shown.
 */
export const searchWithRipgrep = async (query: Query, context: ToolContext): Promise<readonly Match[] | undefined> => {
  if (isBeyond(query) || !(await isInstalled(context.workspace))) return undefined
  await using process = context.workspace.shell(commandFor(query), { signal: context.signal })
  const matches: Match[] = []
  for await (const message of messagesOf(process.output)) {
    if (message['type'] === 'match' && isJsonObject(message['data'])) matches.push(matchOf(message['data']))
    if (matches.length > mostMatches) return matches
  }
  context.signal.throwIfAborted()
  const { code } = await process.exit
  // 1 says that there is nothing; 2 that something went wrong, which may be a single file.
  return code === 0 || code === 1 || matches.length > 0 ? matches : undefined
}

/** A home folder is ours to find, and a pattern that brings files back ripgrep takes for the only ones wanted. */
const isBeyond = ({ path, excluded }: Query): boolean =>
  path.startsWith('~') || excluded.some(pattern => pattern.startsWith('!'))

const installed = new WeakMap<Workspace, Promise<boolean>>()

const isInstalled = (workspace: Workspace): Promise<boolean> => {
  const known = installed.get(workspace) ?? looked(workspace)
  installed.set(workspace, known)
  return known
}

const looked = async (workspace: Workspace): Promise<boolean> => {
  await using process = workspace.shell('command -v rg', { signal: new AbortController().signal })
  for await (const _ of process.output);
  return (await process.exit).code === 0
}

const commandFor = ({ path, query, isPattern, excluded, ignoreVcs, largestFile }: Query): string =>
  [
    'exec rg',
    ...flags,
    `--max-filesize=${largestFile}`,
    ...(isPattern ? [] : ['--fixed-strings']),
    ...(ignoreVcs ? ['--glob=!.git'] : ['--no-ignore']),
    ...excluded.map(pattern => quoted(`--glob=!${pattern}`)),
    `--regexp=${quoted(query)}`,
    '--',
    quoted(path),
  ].join(' ')

/** A word that the shell takes as it is. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

async function* messagesOf(output: AsyncIterable<{ to: string; bytes: Uint8Array }>): AsyncGenerator<JsonObject> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const { to, bytes } of output) {
    if (to === 'stderr') continue
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}

const matchOf = (data: JsonObject): Match => {
  const [first] = Array.isArray(data['submatches']) ? data['submatches'] : []
  const line = bytesOf(data['lines'])
  const start = isJsonObject(first) ? Number(first['start']) : 0
  const end = isJsonObject(first) ? Number(first['end']) : 0
  return {
    path: join(bytesOf(data['path']).toString()),
    number: Number(data['line_number']),
    line: line.toString().replace(/\r?\n$/, ''),
    at: line.subarray(0, start).toString().length,
    length: line.subarray(start, end).toString().length,
  }
}

/** ripgrep gives text, and bytes in base64 where they are no text. */
const bytesOf = (value: unknown): Buffer => {
  const { text, bytes } = isJsonObject(value) ? value : {}
  return typeof text === 'string' ? Buffer.from(text) : Buffer.from(String(bytes ?? ''), 'base64')
}
