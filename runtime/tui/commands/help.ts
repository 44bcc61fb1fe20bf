import { bindings, keyName } from '../input/keymap.ts'
import type { Commands } from './command.ts'

type Own = readonly { readonly name: string; readonly description: string }[]

/** What `/help` says: these commands, those of the agent, and the keys. */
export const helpText = (commands: Commands, own: Own): string =>
  [
    ...commandRows(commands).map(([name, meaning]) => row(name, meaning)),
    ...own.map(({ name, description }) => row(`/${name}`, description)),
    '',
    ...keyRows.map(([keys, meaning]) => row(keys, meaning)),
  ].join('\n')

const row = (name: string, meaning: string): string => `${name.padEnd(25)} ${meaning}`

type Row = readonly [name: string, meaning: string]

export const commandRows = (commands: Commands): readonly Row[] =>
  Object.entries(commands).map(([name, { takes, meaning }]) => [`/${name}${takes ? ` ${takes}` : ''}`, meaning])

export const keyRows: readonly Row[] = [
  ['@file', 'send a file along'],
  ...bindings.map(({ keys, meaning }): Row => [keys.map(keyName).join(', '), meaning]),
]
