import * as z from 'zod/mini'
import type { Source } from './diagnose.ts'
import { readSettings } from './settings-file.ts'
import { flag, key, mapping, named, needed, text } from './shapes.ts'

const alias = mapping('Alias', 'An agent under a short name, and how it is run.', {
  path: needed(text, 'The agent file, or its URL'),
  model: key(text, 'Its model, as --model takes it'),
  yolo: key(flag, 'Whether every tool call is approved that no rule denies'),
  hide_tool_results: key(flag, 'Whether what tools answered is left out'),
})

const amount = z.union([z.number(), text])

const limits = mapping('UserLimits', 'What a run may use up, where the command line says nothing else.', {
  max_cost: key(amount, 'US dollars, as --max-cost takes them'),
  max_tokens: key(amount, 'Tokens, as --max-tokens takes them'),
  timeout: key(amount, 'Time, as --timeout takes it'),
})

const userSettings = mapping('UserSettings', 'What a user tells Reprise about himself.', {
  aliases: key(named(alias), 'Agents by short names; `default` is the one that is run where none is named'),
  limits: key(limits, 'What a run may use up'),
  theme: key(text, 'How the terminal interface looks'),
  vim: key(flag, 'Whether the input of the terminal interface has the keys of vim'),
})

export type UserSettings = z.infer<typeof userSettings>
export type Alias = z.infer<typeof alias>

/** The settings of a user. Throws a Failure('config') that tells every mistake in the file. */
export const loadUserSettings = (source: Source): UserSettings =>
  readSettings(source, {
    shape: userSettings,
    keys: {
      '': ['aliases', 'limits', 'theme', 'vim'],
      aliases: ['path', 'model', 'yolo', 'hide_tool_results'],
      limits: ['max_cost', 'max_tokens', 'timeout'],
    },
  })
