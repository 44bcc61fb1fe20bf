import { resolve } from 'node:path'
import { visible } from '../cassette/view/layout.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { type AgentReport, type ToolReport, toolReports } from '../team/tools/report.ts'
import { withFiles } from './environment.ts'
import { exitOf } from './exit.ts'
import { readNamed } from './files.ts'
import { interruption } from './interrupt.ts'
import { jsonPage } from './page.ts'
import { homeIn, type Terminal, write } from './terminal.ts'

export type ToolsOptions = {
  readonly agent?: string
  readonly json?: boolean
  readonly workingDir?: string
  readonly envFromFile?: readonly string[]
}

/**
 * `reprise tools FILE`: for each agent what it can do, where that is from, who decides about it, and what it costs in each
 * prompt. Servers are started to be asked; 1 where one of them failed.
 */
export const tools = async (file: string, options: ToolsOptions, terminal: Terminal): Promise<number> => {
  using interrupt = interruption()
  const env = withFiles(terminal.env, options.envFromFile ?? [], terminal.workingDirectory)
  const reports = await toolReports(
    {
      source: { path: file, text: readNamed('The agent file', file, terminal.workingDirectory).toString('utf8') },
      env,
      home: homeIn(env),
      workingDirectory: resolve(terminal.workingDirectory, options.workingDir ?? '.'),
      cassettesFrom: terminal.workingDirectory,
      fetch: terminal.fetch,
      remote: async url => await (await import('./agent-source.ts')).agentFileAt(url, {}, terminal),
      now: terminal.now,
      ...(options.agent !== undefined && { agent: options.agent }),
    },
    interrupt.signal,
  )
  await write(terminal.stdout, options.json ? jsonPage(reports) : reportsText(reports))
  const notices = new Set(reports.flatMap(({ notices }) => notices))
  for (const notice of notices) await write(terminal.stderr, `${visible(notice)}\n`)
  if (interrupt.signal.aborted) return exitOf('interrupted')
  return Number(reports.some(({ hasFailed }) => hasFailed))
}

const reportsText = (reports: readonly AgentReport[]): string => {
  const notes = new Set(reports.map(({ counted }) => counted.note))
  return [...reports.map(reportText), `${[...notes].map(visible).join('\n')}\n`].join('\n')
}

const reportText = (report: AgentReport): string => {
  const { agent, tools, tokens, instruction, toolsetInstructions, counted } = report
  const inPrompt = tools.filter(({ place }) => place === 'prompt')
  const origins = [...new Set(tools.map(({ origin }) => origin))]
  const widest = Math.min(48, Math.max(0, ...tools.map(tool => signatureOf(tool).length)))
  const sections = origins.flatMap(origin => [
    `  ${visible(origin)}`,
    ...tools.filter(tool => tool.origin === origin).map(tool => toolLine(tool, widest)),
  ])
  const about = counted.isExact ? '' : '~'
  const rest = [`  instruction ${about}${instruction}`, `  instructions of toolsets ${about}${toolsetInstructions}`]
  const count = inPrompt.length === 1 ? '1 tool' : `${inPrompt.length} tools`
  return `${[`${visible(agent)}: ${count}, ~${tokens} tokens in each prompt`, ...sections, ...rest].join('\n')}\n`
}

/** `read_file(path, limit?)   ~120   allow (read-only)`. */
const toolLine = (tool: ToolReport, widest: number): string => {
  const { permission, tokens, place } = tool
  const where = { prompt: '', deferred: '  [deferred]', script: '  [in scripts]' }[place]
  const also = permission.conditional.map(rule => `; ${rule}`).join('')
  const rule = permission.rule === undefined ? '' : ` (${permission.rule})`
  const size = `~${tokens}`.padStart(6)
  return `    ${signatureOf(tool).padEnd(widest)} ${size}  ${permission.verdict}${visible(rule)}${visible(also)}${where}`
}

const signatureOf = ({ name, parameters }: ToolReport): string => visible(`${name}(${parameterNames(parameters)})`)

/** `path, limit?`. */
const parameterNames = ({ properties, required }: JsonObject): string => {
  const needed: readonly unknown[] = Array.isArray(required) ? required : []
  const names = Object.keys(properties !== undefined && isJsonObject(properties) ? properties : {})
  return names.map(name => (needed.includes(name) ? name : `${name}?`)).join(', ')
}
