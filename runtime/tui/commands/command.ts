import { Failure } from '../../core/errors.ts'
import { type Choice, type Menu, menuOf } from '../input/menu.ts'
import type { Desk } from '../state/desk.ts'
import type { Driver } from '../state/driver.ts'
import { isTaped } from '../state/tapes.ts'

/** What `/name` does. `takes` is what may stand behind it, in brackets where it need not. */
export type Command = {
  readonly takes?: string
  readonly meaning: string
  /** Without anything behind it, a list opens, which tells by itself what was asked for. */
  readonly lists?: true
  /** Shows what a choice of its list would look like; nothing more, where there is none. */
  readonly consider?: (desk: Desk, choice: string | undefined) => void
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
export const pick = (
  desk: Desk,
  command: string,
  title: string,
  all: readonly Choice[],
  more: Partial<Menu> = {},
): void => desk.store.tell({ type: 'menu', menu: menuOf({ kind: 'pick', command, title, all, ...more }) })
