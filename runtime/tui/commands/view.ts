import type { Desk } from '../desk.ts'
import { bindings, keyName } from '../keymap.ts'
import { costLines } from '../spent.ts'
import type { Commands } from './command.ts'

/** What `/help` says: these commands, those of the agent, and the keys. */
export const helpText = (
  commands: Commands,
  own: readonly { readonly name: string; readonly description: string }[],
): string =>
  [
    ...Object.entries(commands).map(([name, { takes, meaning }]) =>
      row(`/${name}${takes ? ` ${takes}` : ''}`, meaning),
    ),
    ...own.map(({ name, description }) => row(`/${name}`, description)),
    row('!command', 'run a command in your shell; the agent is told what came of it'),
    row('@file', 'send a file along'),
    '',
    ...bindings.map(({ keys, meaning }) => row(keys.map(keyName).join(', '), meaning)),
  ].join('\n')

const row = (name: string, meaning: string): string => `${name.padEnd(25)} ${meaning}`

/** What can be looked at. */
export const view: Commands = {
  cost: {
    meaning: 'what was spent, and on what',
    run: ({ store, driver }: Desk) => driver.tell('info', costLines(store.state())),
  },
}
