import type { LintFinding } from '../../cassette/care/lint.ts'
import { count } from '../../cassette/view/layout.ts'
import { lintCassette } from '../../team/tapes/linting.ts'
import { jsonPage } from '../page.ts'
import { shortName } from '../short-name.ts'
import { type Terminal, write } from '../terminal.ts'
import { cassettesNamed, surroundingsOf } from './names.ts'

/** `reprise cassette lint [NAME…]`: what is wrong with cassettes, by place; 1 where it is more than a note. */
export const cassetteLint = async (
  names: readonly string[],
  { json }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> => {
  const findings: (LintFinding & { readonly path: string })[] = []
  const paths = cassettesNamed(names, terminal)
  for (const path of paths) {
    const found = await lintCassette(path, surroundingsOf(terminal))
    findings.push(...found.map(one => ({ path: shortName(path, terminal), ...one })))
  }
  await write(terminal.stdout, json ? jsonPage({ findings }) : findings.map(lineOf).join(''))
  if (findings.length === 0 && !json) {
    await write(terminal.stderr, `${count(paths.length, 'cassette')}, nothing wrong with any.\n`)
  }
  return findings.some(({ level }) => level !== 'note') ? 1 : 0
}

const lineOf = ({ path, line, level, id, text, rule }: LintFinding & { readonly path: string }): string =>
  `${path}:${line}: ${level}: ${id === undefined ? '' : `Interaction ${id}: `}${text} [${rule}]\n`
