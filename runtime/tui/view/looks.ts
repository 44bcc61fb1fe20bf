import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../core/errors.ts'
import type { Stage } from '../../team/screen.ts'
import type { Choice } from '../input/menu.ts'
import { type Look, lookOf } from './look.ts'
import { paints, type Theme, themeOf } from './theme.ts'

/** How everything looks just now, and who wants to know when that changes. */
export type Looks = {
  readonly look: () => Look
  readonly subscribe: (watcher: () => void) => () => void
  /** Those that are built in, and those of the user. */
  readonly themes: () => Promise<readonly Choice[]>
  /** From now on, and for the next time. Throws a Failure for a theme that is not there or is none. */
  readonly wear: (name: string) => Promise<void>
  /** To see what it looks like; without a name, or with that of a theme that is none, as before. */
  readonly tryOn: (name: string | undefined) => void
  /** Colours for code are loaded, unless they are there or nobody would see them. */
  readonly loadColors: () => void
}

type Means = Pick<Stage, 'env' | 'settingsFolder' | 'prefer'>

/** `theme` is the one that the user has chosen before. */
export const looksFor = ({ env, settingsFolder, prefer }: Means, theme?: string): Looks => {
  let look = lookOf(env)
  let isLoading = false
  const watchers = new Set<() => void>()
  const change = (changed: Partial<Look>) => {
    look = { ...look, ...changed }
    for (const watcher of watchers) watcher()
  }
  const load = (name: string) => themeNamed(name, join(settingsFolder, 'themes'), look.hasTrueColor)
  if (theme !== undefined && !env['NO_COLOR']) look = { ...look, theme: orElse(ansi, () => load(theme)) }
  let worn = look.theme
  return {
    look: () => look,
    subscribe: watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    themes: async () => {
      const files = await readdir(join(settingsFolder, 'themes')).catch(() => [])
      const own = files.filter(name => name.endsWith('.json')).map(name => name.slice(0, -'.json'.length))
      return [...new Set([...Object.keys(paints), ...own])].map(text => ({
        text,
        meaning: text === worn.name ? '(now)' : (meanings[text] ?? 'your own'),
      }))
    },
    tryOn: name => {
      const tried = name === undefined ? worn : orElse(worn, () => load(name))
      if (tried !== look.theme) change({ theme: tried })
    },
    wear: async name => {
      worn = load(name)
      change({ theme: worn })
      await prefer({ theme: name })
    },
    loadColors: () => {
      if (isLoading || look.theme.name === 'none') return
      isLoading = true
      void import('./highlight.ts').then(({ highlight }) => change({ highlight }))
    },
  }
}

const meanings: Readonly<Record<string, string>> = {
  ansi: "the terminal's own colours",
  dark: 'for a dark background',
  light: 'for a light background',
  none: 'no colours',
}

const ansi = themeOf('ansi', paints['ansi'] ?? {}, false)

/** A theme that has gone or is broken is no reason to stop. */
const orElse = (other: Theme, load: () => Theme): Theme => {
  try {
    return load()
  } catch (error) {
    if (error instanceof Failure) return other
    throw error
  }
}

/** A theme by its name. One of the user is a file of JSON with colours by what they mean, and perhaps a `base`. */
const themeNamed = (name: string, folder: string, isTrue: boolean): Theme => {
  const built = Object.hasOwn(paints, name) ? paints[name] : undefined
  if (built) return themeOf(name, built, isTrue)
  const path = join(folder, `${name}.json`)
  if (!/^[\w-]+$/.test(name) || !existsSync(path)) {
    throw new Failure('usage', `There is no theme ${name}.`, {
      hint: `There are ${Object.keys(paints).join(', ')}, and those in ${folder}.`,
    })
  }
  const { base = 'ansi', ...colors } = colorsIn(path)
  return themeOf(name, { ...paints[base], ...colors }, isTrue)
}

const colorsIn = (path: string): Partial<Record<string, string>> => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const entries = Object.entries(value as object)
    if (entries.every(([, color]) => typeof color === 'string')) return Object.fromEntries(entries)
  } catch {
    // Told below, as for anything else that is no theme.
  }
  throw new Failure('usage', `${path} is not a theme.`, {
    hint: 'It is an object of JSON, such as {"accent": "#7dcfff"}.',
  })
}
