import { bindings, keyName } from '../input/keymap.ts'
import type { Listing } from '../state/state.ts'
import type { Commands } from './command.ts'

type Own = readonly { readonly name: string; readonly description: string }[]

/** What `/help` lists: the commands of the agent, which come first in everything, these commands, and the keys. */
export const helpLists = (commands: Commands, own: Own): readonly Listing[] =>
  [
    { title: 'Commands of this agent', rows: own.map(({ name, description }): Row => [`/${name}`, description]) },
    { title: 'Commands', rows: commandRows(commands) },
    { title: 'Keys', rows: keyRows },
  ].filter(({ rows }) => rows.length > 0)

type Row = readonly [name: string, meaning: string]

export const commandRows = (commands: Commands): readonly Row[] =>
  Object.entries(commands).map(([name, { takes, meaning }]) => [`/${name}${takes ? ` ${takes}` : ''}`, meaning])

export const keyRows: readonly Row[] = [
  ['@file', 'send a file along'],
  ...bindings.map(({ keys, meaning }): Row => [keys.map(keyName).join(', '), meaning]),
]
