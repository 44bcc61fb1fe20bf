import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'

const known = /\.(png|jpe?g|gif|webp|pdf)$/i

/**
 * The files that a text names, where it names nothing else: what a terminal pastes when images are dropped on it. They are
 * quoted or escaped as for a shell, or `file://` URLs, one or several; or one path as it is, spaces and all. Nothing for any
 * other text.
 */
export const droppedIn = (text: string, home = homedir()): readonly string[] | undefined => {
  const whole = text.trim()
  if (whole === '' || whole.length > 20_000) return undefined
  const words = wordsIn(whole)
  const paths = words?.map(word => pathOf(word, home))
  if (paths?.every(path => known.test(path))) return paths
  return /^[/~.]|^[a-z]:\\/i.test(whole) && !whole.includes('\n') && known.test(whole)
    ? [pathOf(whole, home)]
    : undefined
}

const pathOf = (word: string, home: string): string => {
  if (/^file:\/\//i.test(word)) return addressed(word)
  return word.startsWith('~/') ? `${home}${word.slice(1)}` : word
}

const addressed = (url: string): string => {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}

/** Words as a shell would have them; nothing where a quote does not end. */
const wordsIn = (text: string): string[] | undefined => {
  const words: string[] = []
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/sy
  let isOpen = false
  while (piece.lastIndex < text.length) {
    const found = piece.exec(text)
    if (!found) return undefined
    const [all, single, double, escaped, bare] = found
    const more = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare
    if (more === undefined && /^\s/.test(all)) isOpen = false
    else if (isOpen) words.push(`${words.pop() ?? ''}${more ?? ''}`)
    else {
      words.push(more ?? '')
      isOpen = true
    }
  }
  return words
}
