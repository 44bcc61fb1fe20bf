import * as z from 'zod/mini'
import type { Problem, Source } from './diagnose.ts'
import { type Node, spanOf } from './document.ts'
import { readSettings } from './settings-file.ts'
import { key, mapping, needed, text, textByName, texts } from './shapes.ts'

const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const

const secrets = mapping('Secrets', 'Credentials of this project that Reprise cannot know.', {
  variables: key(texts, 'Environment variables that hold credentials, whatever their names say'),
  fields: key(texts, 'Fields of JSON, headers, query parameters and settings whose values are credentials'),
  patterns: key(textByName, 'Credentials by their form: regular expressions, by the names that stand for them'),
})

const origin = mapping('Origin', 'A host that recordings of other tools talked to.', {
  url: needed(text, 'What its addresses begin with'),
  provider: needed(text, 'The provider that it stands for'),
  protocol: needed(z.enum(protocols), 'What it speaks'),
})

const settings = mapping('Settings', 'What a project tells Reprise about its recordings.', {
  secrets: key(secrets, 'Credentials that are not written into recordings'),
  origins: key(z.array(origin), 'Hosts in recordings of other tools'),
})

export type Settings = z.infer<typeof settings>

/** The settings of a project. Throws a Failure('config') that tells every mistake in the file. */
export const loadSettings = (source: Source): Settings =>
  readSettings(source, {
    shape: settings,
    keys: {
      '': ['secrets', 'origins'],
      secrets: ['variables', 'fields', 'patterns'],
      origins: ['url', 'provider', 'protocol'],
    },
    more: patternProblems,
  })

const patternProblems = ({ secrets }: Settings, root: Node, text: string): Problem[] =>
  Object.entries(secrets?.patterns ?? {}).flatMap(([name, source]) => {
    const why = whyNoPattern(source)
    return why === undefined
      ? []
      : [{ ...spanOf(root, ['secrets', 'patterns', name], { text }), what: `This is no regular expression: ${why}.` }]
  })

const whyNoPattern = (source: string): string | undefined => {
  try {
    new RegExp(source)
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '')
  }
}
