import { type Redactor, redactorOf } from '../../cassette/redact/redact.ts'
import type { AgentFile } from '../../config/schema.ts'
import type { Settings } from '../../config/settings.ts'
import type { CassetteHeader } from '../../core/cassette.ts'
import type { Wiring } from '../crossing.ts'
import type { OpenOptions } from '../open.ts'
import { type Learned, learnedFrom, learning, secretsInFile } from './learned.ts'
import { secretsIn } from './secrets.ts'

export type Redaction = {
  /** Every credential that the run could see, by the name of its variable. */
  readonly secrets: () => Readonly<Record<string, string>>
  /** Goes into recordings, so that these are compared in the same way everywhere. */
  readonly rules: CassetteHeader['redaction']
  readonly redactorFor: Wiring['redactorFor']
  readonly cleaner: Wiring['cleaner']
  /** Puts placeholders for credentials into what is said to a person, and leaves places. */
  readonly clean: (text: string) => string
  /** For credentials that come while the run goes on. */
  readonly learn: Learned['learn']
}

/** What is kept out of recordings: what the environment shows, what the settings of the project tell, what is learnt on the way. */
export const redactionFor = (
  { env, home, workingDirectory }: Pick<OpenOptions, 'env' | 'home' | 'workingDirectory'>,
  settings: Settings,
  files: readonly { readonly file: Pick<AgentFile, 'agents' | 'mcps'> }[] = [],
): Redaction => {
  const learned = learnedFrom(Object.assign({}, ...files.map(({ file }) => secretsInFile(file))))
  // Not looked for before they are needed: it takes as long as the rest of a short replay.
  let found: Readonly<Record<string, string>> | undefined
  const secrets = () => {
    found ??= secretsIn(env, settings.secrets?.variables)
    return found
  }
  // What a variable holds is called by its name: that says more than the name of a header.
  const all = (more: Readonly<Record<string, string>>) => {
    const held = new Set(Object.values(secrets()))
    const others = Object.entries(more).filter(([, value]) => !held.has(value))
    return { ...Object.fromEntries(others), ...secrets() }
  }
  const rules = rulesOf(settings)
  const own = rules ? [rules] : []
  let talking: Redactor | undefined
  return {
    secrets,
    rules,
    clean(text) {
      talking ??= learning(learned, more =>
        redactorOf({ secrets: all(more), home: '', workingDirectory: '', extra: own }),
      )
      return talking.text(text)
    },
    learn: learned.learn,
    redactorFor: recorded =>
      learning(learned, more =>
        redactorOf({
          secrets: all(more),
          home,
          workingDirectory,
          ...(recorded && { recorded }),
          extra: [...own, ...(recorded?.redaction ? [recorded.redaction] : [])],
        }),
      ),
    cleaner: () => redactorOf({ secrets: secrets(), home: '', workingDirectory: '', extra: own }),
  }
}

const rulesOf = ({ secrets: { patterns = {}, fields = [] } = {} }: Settings): CassetteHeader['redaction'] =>
  Object.keys(patterns).length + fields.length === 0
    ? undefined
    : { ...(Object.keys(patterns).length > 0 && { patterns }), ...(fields.length > 0 && { fields }) }
