import { widthOf } from '../../core/width.ts'
import { cut, type Line, lineWidth } from '../view/line.ts'

/** Something to choose. `text` is what stands for it, `meaning` a few words beside it, `value` what is chosen where it is another. */
export type Choice = {
  readonly text: string
  readonly meaning?: string
  readonly value?: string
  /** Whether a command wants something behind it. */
  readonly takes?: boolean
  /** What can stand behind a command. */
  readonly wants?: string
}

/** `stays` where the list is not closed by it. */
export type MenuKey = {
  readonly key: string
  readonly verb: string
  readonly meaning: string
  readonly stays?: true
}

/**
 * A list to choose from. Commands and files are looked for by what stands in the input; what was said before, and the
 * choices of a command, have a `query` of their own.
 */
export type Menu = {
  readonly kind: 'command' | 'file' | 'history' | 'pick'
  readonly title?: string
  /** The command that is given what is chosen. */
  readonly command?: string
  /** Keys that take the choice, each with the word that is put before it for the command. */
  readonly keys?: readonly MenuKey[]
  /** What is not in the list can be chosen, too, as it is written. */
  readonly isOpen?: true
  /** What the choice that is on would look like. */
  readonly sample?: readonly Line[]
  readonly all: readonly Choice[]
  readonly query: string
  /** Those of `all` that are shown. */
  readonly choices: readonly Choice[]
  readonly at: number
}

/** How many are kept of what was found. */
const mostFound = 2000

/** Those that hold what is looked for: first those that begin with it, each in their order. */
export const found = (all: readonly Choice[], query: string): Choice[] => {
  const wanted = query.toLowerCase()
  const holding = all.filter(({ text, meaning = '' }) => `${text}\n${meaning}`.toLowerCase().includes(wanted))
  const begins = ({ text }: Choice) => text.toLowerCase().startsWith(wanted)
  return [...holding.filter(begins), ...holding.filter(one => !begins(one))].slice(0, mostFound)
}

export const menuOf = (menu: Omit<Menu, 'choices' | 'at' | 'query'>, query = ''): Menu => ({
  ...menu,
  query,
  choices: found(menu.all, query),
  at: 0,
})

/** The same menu, looked through for something else. */
export const searched = (menu: Menu, query: string): Menu => ({ ...menu, ...menuOf(menu, query) })

/** The same menu with another choice in the place of one, which is found by its value. */
export const exchanged = (menu: Menu, value: string, change: (choice: Choice) => Choice): Menu => {
  const all = menu.all.map(one => (one.value === value ? change(one) : one))
  return { ...menu, all, choices: found(all, menu.query) }
}

export const moved = (menu: Menu, step: number): Menu => {
  const { length } = menu.choices
  return length === 0 ? menu : { ...menu, at: (menu.at + step + length) % length }
}

/** The choices around the one that is on, at most so many. */
export const menuLines = ({ choices, at }: Menu, width: number, most: number): Line[] => {
  const first = Math.max(0, Math.min(at - Math.floor(most / 2), choices.length - most))
  const shown = choices.slice(first, first + most).map(({ meaning = '', ...choice }, index) => ({
    head: cut(headOf(choice, first + index === at), width - Math.min(leastMeaning, widthOf(meaning) + 2)),
    meaning: meaning.replace(/\s+/g, ' '),
  }))
  const column = Math.max(0, ...shown.map(({ head }) => lineWidth(head)))
  return shown.map(({ head, meaning }) => {
    const gap = ' '.repeat(Math.max(2, column - lineWidth(head) + 2))
    return cut([...head, ...(meaning === '' ? [] : [{ text: `${gap}${meaning}`, dim: true }])], width)
  })
}

/** A long name leaves so much room for what it means. */
const leastMeaning = 26
const headOf = ({ text, wants }: Choice, isOn: boolean): Line => {
  const style = isOn ? ({ color: 'accent', bold: true } as const) : {}
  return [
    { text: `${isOn ? '▸' : ' '} ${text.replace(/\s+/g, ' ')}`, ...style },
    ...(wants === undefined ? [] : [{ text: ` ${wants}`, dim: true }]),
  ]
}
