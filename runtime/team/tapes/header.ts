import { createHash } from 'node:crypto'
import type { Redactor } from '../../cassette/redact/redact.ts'
import type { CassetteHeader } from '../../core/cassette.ts'
import type { OpenOptions } from '../open.ts'
import type { TeamFile } from '../team-file.ts'
import { version } from '../version.ts'

export type HeaderFacts = {
  readonly environment: Readonly<Record<string, string>>
  readonly redactor: Redactor
  readonly redaction: CassetteHeader['redaction']
  /** The agent files beside the main one. */
  readonly others: readonly Pick<TeamFile, 'path' | 'text'>[]
}

/** Agent files hold credentials at times; where the run took place is said in plain words here, and nowhere else. */
export const headerOf = (
  options: OpenOptions,
  { environment, redactor, redaction, others }: HeaderFacts,
): CassetteHeader => {
  const { source, now, workingDirectory, home, note } = options
  const content = redactor.text(source.text)
  const files = others.map(({ path, text }) => {
    const content = redactor.text(text)
    return { path: redactor.text(path), digest: digestOf(content), content }
  })
  return {
    reprise: version,
    recorded: now().toISOString(),
    ...(note !== undefined && { note }),
    agent: { path: redactor.text(source.path), digest: digestOf(content), content, ...(files.length > 0 && { files }) },
    arguments: argumentsOf(options).map(redactor.text),
    ...(Object.keys(environment).length > 0 && { environment: redactor.json(environment) as typeof environment }),
    workingDirectory,
    home,
    ...(redaction && { redaction }),
  }
}

/** What an agent file is known by, wherever it lies: of its text as a recording may hold it, without credentials. */
export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** What the run depends on beside the agent file, as it would be written on a command line. */
const argumentsOf = ({ agent, models, promptFiles, yolo }: OpenOptions): string[] => [
  ...(agent === undefined ? [] : [`--agent=${agent}`]),
  ...models.map(model => `--model=${model}`),
  ...promptFiles.map(file => `--prompt-file=${file}`),
  ...(yolo ? ['--yolo'] : []),
]
