import { nearest } from '../../config/near.ts'
import { Failure } from '../../core/errors.ts'
import type { Choice, Menu } from '../input/menu.ts'
import type { Desk } from '../state/desk.ts'
import { failureText } from '../state/driver.ts'
import type { Command, Commands } from './command.ts'
import { helpLists } from './help.ts'
import { sessions } from './sessions.ts'
import { take } from './take.ts'
import { talk } from './talk.ts'
import { view } from './view.ts'

/** All commands, in the order in which help lists them. */
export const commands: Commands = {
  help: {
    meaning: 'this list',
    run: desk => {
      for (const list of helpLists(commands, ownOf(desk))) desk.store.tell({ type: 'list', ...list })
    },
  },
  ...talk,
  ...sessions,
  ...view,
  ...take,
  quit: { meaning: 'leave', run: ({ driver }) => driver.leave() },
}

/** The commands of the agent file come first: whoever wrote it meant them. */
const ownOf = ({ store, driver }: Desk) =>
  driver.conversation().agents.find(({ name }) => name === store.state().agent)?.commands ?? []

const commandNamed = (desk: Desk, name: string): Command | undefined =>
  Object.hasOwn(commands, name) && !ownOf(desk).some(own => own.name === name) ? commands[name] : undefined

/** Does what a line that begins with `/` or `!` says; false where it is none of ours, and goes to the agent as it is. */
export const obey = (desk: Desk, line: string): boolean => {
  const [, name = '', rest = ''] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(line.replace(/^!(?=\S)/, '/shell ')) ?? []
  const command = commandNamed(desk, name)
  if (!command) return false
  if (!(command.lists && rest.trim() === '')) desk.driver.tell('info', `\n> ${line}`)
  perform(desk, command, rest.trim())
  return true
}

/** Shows what a choice would look like; what there was, where the list has been closed. */
export const considered = (desk: Desk, { command = '' }: Menu, choice: Choice | undefined): void =>
  commandNamed(desk, command)?.consider?.(desk, choice && (choice.value ?? choice.text))

/**
 * What is to be told of a line that begins as a command does and is none: perhaps it was mistyped. Paths (`/etc/hosts`)
 * are none either, but nobody takes them for one.
 */
export const strange = (desk: Desk, line: string): string | undefined => {
  const [, name = ''] = /^\/([a-z][\w-]*)(?:\s|$)/.exec(line) ?? []
  const names = commandChoices(desk).map(({ text }) => text)
  if (name === '' || names.includes(name)) return undefined
  const near = nearest(name, names)
  const hint = near === undefined ? '/help lists them.' : `Did you mean /${near}?`
  return `There is no command /${name}. ${hint} To say it to the agent, put a space before it.`
}

/** Does what a command does with a choice from its list. */
export const chosen = (desk: Desk, name: string, value: string): void => {
  const command = commandNamed(desk, name)
  if (command) perform(desk, command, value)
}

/** A failure is told; anything else is a bug, and ends the conversation. */
const perform = (desk: Desk, command: Command, rest: string): void => {
  void Promise.resolve()
    .then(() => command.run(desk, rest))
    .catch((error: unknown) => {
      if (!(error instanceof Failure)) return desk.driver.crash(error)
      desk.driver.tell('error', failureText(error))
    })
}

/** What can stand behind a slash. */
export const commandChoices = (desk: Desk): Choice[] => [
  ...ownOf(desk).map(({ name, description }) => ({ text: name, meaning: description, takes: true })),
  ...Object.entries(commands).map(([text, { meaning, takes }]) => ({
    text,
    meaning,
    ...(takes !== undefined && { wants: takes }),
    takes: takes !== undefined && !takes.startsWith('['),
  })),
]
