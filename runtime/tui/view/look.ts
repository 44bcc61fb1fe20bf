import type { Highlight } from './code.ts'
import { paints, type Theme, themeOf } from './theme.ts'

/** What a terminal can do, and what its user wants to see. */
export type Look = {
  readonly theme: Theme
  /** Whether a text can be a link (OSC 8). */
  readonly hasLinks: boolean
  readonly hasUnicode: boolean
  readonly hasTrueColor: boolean
  /** Absent until it has been loaded. */
  readonly highlight?: Highlight | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** The look that the environment asks for. */
export const lookOf = (env: Environment): Look => {
  const hasTrueColor = /truecolor|24bit/i.test(env['COLORTERM'] ?? '')
  const name = env['NO_COLOR'] ? 'none' : 'ansi'
  return {
    theme: themeOf(name, paints[name] ?? {}, hasTrueColor),
    hasLinks: knowsLinks(env),
    hasUnicode: knowsUnicode(env),
    hasTrueColor,
  }
}

/** Terminals that are known to follow links; others would show nothing of an address. */
const knowsLinks = (env: Environment): boolean => {
  const { TERM = '', TERM_PROGRAM = '', VTE_VERSION = '', KITTY_WINDOW_ID, WT_SESSION, TMUX } = env
  if (TMUX) return false
  if (KITTY_WINDOW_ID || WT_SESSION || Number(VTE_VERSION) >= 5000) return true
  return (
    /^(iTerm\.app|WezTerm|vscode|ghostty|Hyper|WarpTerminal)$/.test(TERM_PROGRAM) || /kitty|foot|ghostty/.test(TERM)
  )
}

/** A locale that says another encoding is believed; where nothing is said, terminals of today know Unicode. */
const knowsUnicode = (env: Environment): boolean => {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  if (/^(linux|vt\d+|dumb)$/.test(env['TERM'] ?? '')) return false
  return locale === '' || /utf-?8/i.test(locale)
}
