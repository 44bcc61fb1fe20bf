import { widthOf } from '../../core/width.ts'
import { cut, type Line } from '../view/line.ts'

/** Something to choose. `text` is what stands for it, `meaning` a few words beside it, `value` what is chosen where it is another. */
export type Choice = {
  readonly text: string
  readonly meaning?: string
  readonly value?: string
  /** Whether a command wants something behind it. */
  readonly takes?: boolean
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
  readonly keys?: readonly { readonly key: string; readonly verb: string; readonly meaning: string }[]
  readonly all: readonly Choice[]
  readonly query: string
  /** Those of `all` that are shown. */
  readonly choices: readonly Choice[]
  readonly at: number
}

/** How many are kept of what was found. */
const mostFound = 100

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

export const moved = (menu: Menu, step: number): Menu => {
  const { length } = menu.choices
  return length === 0 ? menu : { ...menu, at: (menu.at + step + length) % length }
}

/** The choices around the one that is on, at most so many. */
export const menuLines = ({ choices, at }: Menu, width: number, most: number): Line[] => {
  const first = Math.max(0, Math.min(at - Math.floor(most / 2), choices.length - most))
  const shown = choices.slice(first, first + most)
  const column = Math.min(32, Math.max(0, ...shown.map(({ text }) => widthOf(text))))
  return shown.map(({ text, meaning = '' }, index) => {
    const isOn = first + index === at
    const name = text.replace(/\s+/g, ' ')
    const gap = ' '.repeat(Math.max(2, column - widthOf(name) + 2))
    const style = isOn ? ({ color: 'accent', bold: true } as const) : {}
    return cut(
      [
        { text: isOn ? '▸ ' : '  ', ...style },
        { text: name, ...style },
        ...(meaning === '' ? [] : [{ text: `${gap}${meaning.replace(/\s+/g, ' ')}`, dim: true }]),
      ],
      width,
    )
  })
}
