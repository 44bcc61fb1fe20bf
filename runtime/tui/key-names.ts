import type { Key } from 'ink'

/** A key by its name, as `<home>`, or the letters it typed: of a quick hand several come at once. */
export const namesOf = (input: string, key: Key): string[] => {
  const names = ['escape', 'return', 'tab', 'backspace', 'delete', 'pageUp', 'pageDown', 'home', 'end'] as const
  const arrows = ['leftArrow', 'rightArrow', 'upArrow', 'downArrow'] as const
  const name = [...names, ...arrows].find(one => key[one])
  if (name === undefined) return Array.from(input, letter => (letter === '\r' ? '<return>' : letter))
  return [name === 'tab' && key.shift ? '<backTab>' : `<${name}>`]
}
