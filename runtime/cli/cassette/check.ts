import type { Found } from '../../cassette/care/check-places.ts'
import { count } from '../../cassette/view/layout.ts'
import { cleanCassette, credentialsIn } from '../../team/tapes/cleaning.ts'
import { namedCassette } from '../../team/tapes/reading.ts'
import { jsonPage } from '../page.ts'
import { shortName } from '../short-name.ts'
import { type Terminal, write } from '../terminal.ts'
import { cassettesNamed, surroundingsOf } from './names.ts'

/** `reprise cassette check [NAME…]`: credentials in cassettes and other files, by their places; 1 where there is one. */
export const cassetteCheck = async (
  names: readonly string[],
  { json }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> => {
  const files = cassettesNamed(names, terminal).map(path => ({
    path: shortName(path, terminal),
    found: credentialsIn(path, surroundingsOf(terminal)),
  }))
  const all = files.flatMap(({ path, found }) => found.map(one => ({ path, ...one })))
  await write(terminal.stdout, json ? jsonPage({ files: files.length, findings: all }) : all.map(lineOf).join(''))
  if (all.length > 0) await write(terminal.stderr, adviceOn(files.filter(({ found }) => found.length > 0)))
  else if (!json) await write(terminal.stderr, `${count(files.length, 'file')}, no credential in any.\n`)
  return all.length > 0 ? 1 : 0
}

const lineOf = ({ path, line, column, what, id, where }: Found & { readonly path: string }): string => {
  const place = [...(id === undefined ? [] : [`interaction ${id}`]), ...(where ? [where] : [])].join(', ')
  return `${path}:${line}:${column}: ${what}${place === '' ? '' : ` (${place})`}\n`
}

const adviceOn = (files: readonly { readonly path: string; readonly found: readonly Found[] }[]): string => {
  const found = files.reduce((sum, { found }) => sum + found.length, 0)
  const [only] = files
  return `${found === 1 ? 'A credential was' : `${found} credentials were`} found. To replace them: reprise cassette redact ${files.length === 1 ? only?.path : 'NAME'}\n`
}

/** `reprise cassette redact NAME`: puts placeholders for the credentials in a cassette. */
export const cassetteRedact = async (name: string, terminal: Terminal): Promise<number> => {
  const { path } = namedCassette(name, terminal.workingDirectory)
  const found = await cleanCassette(path, surroundingsOf(terminal))
  await write(terminal.stdout, `${shortName(path, terminal)}: ${summaryOf(found)}\n`)
  if (found.length > 0) await write(terminal.stderr, revoke)
  return 0
}

const revoke = 'What was committed or sent before still holds them: revoke them where they were issued.\n'

const summaryOf = (found: readonly Found[]): string => {
  if (found.length === 0) return 'there is no credential in it.'
  const counts = new Map<string, number>()
  for (const { what } of found) counts.set(what, (counts.get(what) ?? 0) + 1)
  return `replaced ${[...counts].map(([what, count]) => `${count} ${what}`).join(', ')}.`
}
