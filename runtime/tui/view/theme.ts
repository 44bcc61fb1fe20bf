/** What a colour means; a theme says which it is. */
export type Color =
  | 'accent'
  | 'success'
  | 'failure'
  | 'warning'
  | 'pasted'
  | 'heading'
  | 'code'
  | 'added'
  | 'removed'
  | 'keyword'
  | 'string'
  | 'number'
  | 'comment'
  | 'name'
  | 'type'

/** Colours as the terminal is told them: parameters of `ESC [ … m`. What is missing is drawn in its own colour. */
export type Theme = { readonly name: string; readonly colors: Readonly<Partial<Record<Color, string>>> }

type Paints = Readonly<Record<Color, string>>

const ansi: Paints = {
  ...{ accent: 'cyan', success: 'green', failure: 'red', warning: 'yellow', pasted: 'magenta', heading: 'cyan' },
  ...{ code: 'cyan', added: 'green', removed: 'red', keyword: 'magenta', string: 'green', number: 'yellow' },
  ...{ comment: 'gray', name: 'blue', type: 'cyan' },
}
const dark: Paints = {
  ...{ accent: '#7dcfff', success: '#9ece6a', failure: '#f7768e', warning: '#e0af68', pasted: '#bb9af7' },
  ...{ heading: '#7aa2f7', code: '#89ddff', added: '#9ece6a', removed: '#f7768e', keyword: '#bb9af7' },
  ...{ string: '#9ece6a', number: '#ff9e64', comment: '#7a88b8', name: '#7aa2f7', type: '#2ac3de' },
}
const light: Paints = {
  ...{ accent: '#00698c', success: '#3a6b1f', failure: '#b3203c', warning: '#7a5000', pasted: '#7040b0' },
  ...{ heading: '#1d4fb8', code: '#005f73', added: '#3a6b1f', removed: '#b3203c', keyword: '#7040b0' },
  ...{ string: '#3a6b1f', number: '#9a4200', comment: '#62687d', name: '#1d4fb8', type: '#00698c' },
}

/** Those that are built in; `none` has no colours at all. */
export const paints: Readonly<Record<string, Partial<Paints>>> = { ansi, dark, light, none: {} }

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const

/** A colour by its name of the sixteen (`red`, `bright-red`, `gray`) or as `#rrggbb`; nothing for anything else. */
export const paintOf = (color: string, isTrue: boolean): string | undefined => {
  if (color === 'gray' || color === 'grey') return '90'
  const [, bright, name = ''] = /^(bright-)?([a-z]+)$/.exec(color) ?? []
  const index = (names as readonly string[]).indexOf(name)
  if (index >= 0) return `${(bright ? 90 : 30) + index}`
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color)
  if (!found) return undefined
  const rgb = found.slice(1).map(digits => Number.parseInt(digits, 16))
  return isTrue ? `38;2;${rgb.join(';')}` : `38;5;${cubeIndex(rgb)}`
}

/** The nearest of the 6×6×6 colours that a terminal of 256 has. */
const cubeIndex = (rgb: readonly number[]): number => {
  const [r = 0, g = 0, b = 0] = rgb.map(value => (value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40)))
  return 16 + 36 * r + 6 * g + b
}

/** A theme of these colours, over those of another where it says nothing. */
export const themeOf = (name: string, colors: Readonly<Partial<Record<string, string>>>, isTrue: boolean): Theme => ({
  name,
  colors: Object.fromEntries(
    Object.entries(colors).flatMap(([meaning, color]) => {
      const paint = color === undefined ? undefined : paintOf(color, isTrue)
      return paint === undefined ? [] : [[meaning, paint]]
    }),
  ),
})
