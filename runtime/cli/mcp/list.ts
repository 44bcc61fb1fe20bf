import { resolve } from 'node:path'
import { Failure } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Offer, PromptDefinition, ToolDefinition } from '../../core/tool.ts'
import { type McpServer, mcpServersIn } from '../../team/tools/mcp-servers.ts'
import { withFiles } from '../environment.ts'
import { exitOf } from '../exit.ts'
import { readNamed } from '../files.ts'
import { interruption } from '../interrupt.ts'
import { homeIn, type Terminal, write } from '../terminal.ts'

export type McpCommandOptions = { readonly workingDir?: string; readonly envFromFile?: readonly string[] }

/** The servers of a file, or the one of that name. Throws a Failure('usage') where there is none of it. */
export const serversIn = async (
  file: string,
  server: string | undefined,
  options: McpCommandOptions,
  terminal: Terminal,
): Promise<readonly McpServer[]> => {
  const env = withFiles(terminal.env, options.envFromFile ?? [], terminal.workingDirectory)
  const all = await mcpServersIn({
    source: { path: file, text: readNamed('The agent file', file, terminal.workingDirectory).toString('utf8') },
    env,
    home: homeIn(env),
    workingDirectory: resolve(terminal.workingDirectory, options.workingDir ?? '.'),
    fetch: terminal.fetch,
  })
  const wanted = server === undefined ? all : all.filter(({ config }) => config.name === server)
  if (server === undefined || wanted.length > 0) return wanted
  const names = all.map(({ config }) => config.name)
  throw new Failure('usage', `There is no MCP server ${server} in ${file}.`, {
    hint: names.length === 0 ? 'There is none at all.' : `The MCP servers are: ${names.join(', ')}.`,
  })
}

/** `reprise mcp list FILE`: what each server is, who uses it, and whether somebody has logged in. Values of variables are not shown. */
export const list = async (
  file: string,
  server: string | undefined,
  options: McpCommandOptions,
  terminal: Terminal,
): Promise<number> => {
  for (const each of await serversIn(file, server, options, terminal)) {
    const { config, agents } = each
    await write(terminal.stdout, `${config.name}\n  ${await descriptionOf(each)}\n  agents: ${agents.join(', ')}\n`)
  }
  return 0
}

const descriptionOf = async ({ config: { server }, world }: McpServer): Promise<string> => {
  if (server.type === 'command') return world.clean(['command:', server.command, ...server.args].join(' '))
  if (server.type === 'docker') return `docker: ${server.server}`
  const { tokens } = URL.canParse(server.url) ? await world.tokens.get(new URL(server.url).href) : {}
  // A query may hold a key, and an address a password.
  const place = server.url.replace(/\?.*/s, '').replace(/\/\/[^/]*@/, '//')
  return `remote: ${world.clean(place)}${tokens ? ' (logged in)' : ''}`
}

/** `reprise mcp tools FILE`: every server is started, and asked. 1 where one of them failed. */
export const tools = async (
  file: string,
  server: string | undefined,
  options: McpCommandOptions,
  terminal: Terminal,
): Promise<number> => {
  using interrupt = interruption()
  const servers = await serversIn(file, server, options, terminal)
  const offers = await Promise.all(servers.map(each => offerOf(each, interrupt.signal)))
  for (const [index, { config }] of servers.entries()) {
    const offer = offers[index]
    if (!offer) continue
    const lines = [...offer.tools.map(lineOf), ...(offer.prompts ?? []).map(promptLineOf)]
    await write(terminal.stdout, `${config.name}\n${lines.map(line => `  ${line}\n`).join('')}`)
    for (const notice of offer.notices ?? []) await write(terminal.stderr, `${notice}\n`)
  }
  const haveFailed = offers.some(offer => offer.tools.length === 0 && offer.notices !== undefined)
  return interrupt.signal.aborted ? exitOf('interrupted') : Number(haveFailed)
}

const offerOf = async ({ toolset }: McpServer, signal: AbortSignal): Promise<Offer> => {
  await using opened = toolset()
  try {
    return await opened.offer(signal)
  } catch (error) {
    if (!signal.aborted) throw error
    return { tools: [] }
  }
}

/** `/summary city state?  What is said`, in one line. */
const promptLineOf = ({ name, description = '', arguments: gaps }: PromptDefinition): string =>
  [`/${name}`, ...gaps.map(gap => (gap.required ? gap.name : `${gap.name}?`))].join(' ') +
  (description === '' ? '' : `  ${firstLine(description)}`)

/** Servers wrote it: it must not move the cursor or change colours. */
const firstLine = (text: string): string => (text.trim().split('\n')[0] ?? '').replace(/\p{Cc}/gu, '')

/** `read_file(path, limit?)  What it does  [changes nothing]`, in one line. */
const lineOf = ({ name, description, parameters, readOnly }: ToolDefinition): string => {
  const { properties, required } = parameters
  const needed: readonly unknown[] = Array.isArray(required) ? required : []
  const names = Object.keys(properties !== undefined && isJsonObject(properties) ? properties : {})
  const shown = names.map(each => (needed.includes(each) ? each : `${each}?`)).join(', ')
  const first = firstLine(description)
  return `${name}(${shown})${first === '' ? '' : `  ${first}`}${readOnly ? '  [changes nothing]' : ''}`
}
