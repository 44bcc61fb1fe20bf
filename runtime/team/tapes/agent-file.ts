import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { redactorOf } from '../../cassette/redact/redact.ts'
import type { CassetteHeader } from '../../core/cassette.ts'
import type { OpenOptions } from '../open.ts'
import { placeOf } from '../team-file.ts'
import { digestOf } from './header.ts'
import { recordedFiles } from './recorded-files.ts'

/** The agent file that a cassette names, as it is now. */
export type NamedAgentFile = { readonly source: OpenOptions['source']; readonly isAsRecorded: boolean }

/**
 * The agent file of a recording: where its path leads from here, from the cassette or from a folder above it, or beside
 * the cassette. Of several the one that is as it was recorded. Nothing where there is none.
 */
export const agentFileOf = (
  { path, header }: { readonly path: string; readonly header: CassetteHeader },
  from: string,
): NamedAgentFile | undefined => {
  const { agent, home = '', workingDirectory = '', redaction } = header
  if (!agent) return undefined
  const redactor = redactorOf({ secrets: {}, home, workingDirectory, ...(redaction && { extra: [redaction] }) })
  const files = [...new Set(placesOf(agent.path, header, { cassette: path, from }))]
    // An agent file and its cassette often have one name.
    .filter(file => file !== path && existsSync(file))
    .map((file): NamedAgentFile => {
      const text = readFileSync(file, 'utf8')
      const others = othersBeside(file, header, home)
      const isSame = (text: string, digest: string) => digestOf(redactor.text(text)) === digest
      return {
        source: { path: agent.path, text, ...(agent.files && { files: others }) },
        isAsRecorded:
          isSame(text, agent.digest) &&
          Object.values(others).every((text, index) => isSame(text, agent.files?.[index]?.digest ?? '')),
      }
    })
  return files.find(({ isAsRecorded }) => isAsRecorded) ?? files[0]
}

/** The other agent files of a recording as they are now; as they were, where they are not there. */
const othersBeside = (file: string, header: CassetteHeader, home: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(recordedFiles(header)).map(([path, recorded]) => {
      const place = placeOf(path, { source: { path: file }, cassettesFrom: dirname(file), home })
      return [path, existsSync(place) ? readFileSync(place, 'utf8') : recorded]
    }),
  )

const placesOf = (
  named: string,
  { workingDirectory = '', home = '' }: CassetteHeader,
  { cassette, from }: { cassette: string; from: string },
): string[] => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how recordings write places
  const path = named.replace('${working-directory}', workingDirectory).replace('${home}', home)
  const folder = dirname(cassette)
  return [resolve(from, path), ...upwards(folder).map(above => resolve(above, path)), join(folder, basename(path))]
}

const upwards = (folder: string): string[] =>
  dirname(folder) === folder ? [folder] : [folder, ...upwards(dirname(folder))]
