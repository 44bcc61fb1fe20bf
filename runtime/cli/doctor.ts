import { checkup, type Finding } from '../team/checkup.ts'
import { version } from '../team/version.ts'
import { readNamed } from './files.ts'
import { interruption } from './interrupt.ts'
import { jsonPage, pageFor } from './page.ts'
import { homeIn, type Terminal, write } from './terminal.ts'

/**
 * `reprise doctor [FILE]`: whether all is there that agents need, or that this one needs. 1 where something is missing
 * that is needed; a provider without a key is none as long as no agent asks for it.
 */
export const doctor = async (
  file: string | undefined,
  { json = false }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> => {
  using interrupt = interruption()
  const { env, workingDirectory, fetch } = terminal
  const source = file === undefined ? undefined : { path: file, text: textOf(file, terminal) }
  const findings: Finding[] = []
  const tell = async (finding: Finding): Promise<void> => {
    findings.push(finding)
    if (!json) await write(terminal.stdout, findingLine(finding, terminal))
  }
  for (const finding of ownFindings(terminal)) await tell(finding)
  const around = { env, workingDirectory, fetch, home: homeIn(env), ...(source && { source }) }
  for await (const finding of checkup(around, interrupt.signal)) await tell(finding)
  if (json) await write(terminal.stdout, jsonPage(findings))
  return findings.some(({ state }) => state === 'bad') ? 1 : 0
}

const textOf = (file: string, { workingDirectory }: Terminal): string =>
  readNamed('The agent file', file, workingDirectory).toString('utf8')

const ownFindings = ({ stdin, stdout, screen, env }: Terminal): Finding[] => [
  { about: 'reprise', what: version, state: 'good' },
  { about: 'node', what: process.version, state: 'good' },
  stdin.isTTY && stdout.isTTY
    ? { about: 'terminal', what: terminalText(screen, env), state: 'good' }
    : { about: 'terminal', what: 'none here: run prints what exec prints', state: 'none' },
]

const terminalText = (stdout: NodeJS.WriteStream, env: Terminal['env']): string => {
  const colors = 2 ** stdout.getColorDepth({ ...env })
  const isUtf8 = /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '')
  const shown = env['NO_COLOR'] ? 'no colours (NO_COLOR)' : `${colors.toLocaleString('en')} colours`
  const letters = isUtf8 ? 'UTF-8' : 'no UTF-8, as far as LANG says'
  return `${env['TERM'] ?? 'of no name'}, ${stdout.columns} by ${stdout.rows}, ${shown}, ${letters}`
}

const marks = { good: '✓', bad: '✗', none: '–' } as const
const styles = { good: 'name', bad: 'warning', none: 'faint' } as const

const findingLine = ({ about, what, state, advice }: Finding, terminal: Terminal): string => {
  const { style } = pageFor(terminal)
  const lines = what.trimEnd().split('\n')
  const told = [...lines, ...(advice === undefined ? [] : [`→ ${advice}`])].join(`\n${' '.repeat(4)}`)
  return `${style[styles[state]](marks[state])} ${about}: ${told}\n`
}
