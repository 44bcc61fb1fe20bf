import { Failure } from '../../core/errors.ts'
import { type Choice, menuOf } from '../input/menu.ts'
import type { Desk } from '../state/desk.ts'
import type { Driver } from '../state/driver.ts'
import { isTaped } from '../state/tapes.ts'

/** What `/name` does. `takes` is what may stand behind it, in brackets where it need not. */
export type Command = {
  readonly takes?: string
  readonly meaning: string
  readonly run: (desk: Desk, rest: string) => void | Promise<void>
}
export type Commands = Readonly<Record<string, Command>>

/** Opens anew what says the same thing from the same cassette or none. Throws a Failure where one is at work. */
export const change = async (
  { driver }: Desk,
  what: string,
  wishes: Parameters<Driver['reopen']>[0],
): Promise<void> => {
  if (isTaped(driver.tapes())) {
    throw new Failure(
      'usage',
      `${what} would begin the conversation anew, which a recording and a replay cannot follow.`,
      {
        hint: 'Leave, and start again without --record and --fake.',
      },
    )
  }
  await driver.reopen(wishes)
}

/** A list of its own for a command that was given nothing. */
export const pick = (desk: Desk, command: string, title: string, all: readonly Choice[]): void =>
  desk.store.tell({ type: 'menu', menu: menuOf({ kind: 'pick', command, title, all }) })
