import type { Setting } from '../../core/border.ts'
import { type Choice, type Menu, menuOf } from '../input/menu.ts'
import type { Desk } from '../state/desk.ts'
import type { Driver } from '../state/driver.ts'
import { boundTo, settled } from '../state/tapes.ts'

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

/** Goes over to another conversation. Throws a Failure where the cassette at work cannot follow. */
export const leaveFor = async (
  { driver }: Desk,
  what: string,
  wishes: () => Parameters<Driver['reopen']>[0] | Promise<Parameters<Driver['reopen']>[0]>,
): Promise<void> => {
  const refusal = boundTo(driver.tapes(), what)
  if (refusal) throw refusal
  await driver.reopen(await wishes())
}

/** Goes on otherwise. Throws a Failure where all that will be said is known. */
export const change = ({ driver }: Desk, what: string, setting: Setting): void => {
  const refusal = settled(driver.tapes(), what)
  if (refusal) throw refusal
  driver.set(setting)
}

/** A list of its own for a command that was given nothing. */
export const pick = (
  desk: Desk,
  command: string,
  title: string,
  all: readonly Choice[],
  more: Partial<Menu> = {},
): void => desk.store.tell({ type: 'menu', menu: menuOf({ kind: 'pick', command, title, all, ...more }) })
