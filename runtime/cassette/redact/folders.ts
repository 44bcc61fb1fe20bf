import { matchesIn } from './edit.ts'

/** The user's own places, which differ from one machine to the next. */
export type Folders = { readonly home?: string | undefined; readonly workingDirectory?: string | undefined }

type Name = 'working-directory' | 'home'

/** How a path may be written inside other texts. The way back has to write it in the same manner, so it has a name. */
const manners: Readonly<Record<string, (path: string) => string>> = {
  plain: path => path,
  json: path => inJson(path),
  json2: path => inJson(inJson(path)),
  slashes: path => path.replaceAll('/', '\\/'),
  uri: path => encodeURI(path),
  component: path => encodeURIComponent(path),
  'component-lower': path => encodeURIComponent(path).replace(/%../g, code => code.toLowerCase()),
}

const inJson = (path: string): string => JSON.stringify(path).slice(1, -1)

const mark = (name: Name, manner: string): string => `\${${name}${manner === 'plain' ? '' : `:${manner}`}}`

/** A root, or a drive and a letter, is found in too many paths to stand for one place. */
const shortest = 4

/** What already looks like a placeholder, which the way back must leave as it was. */
const literals = String.raw`\$\{(?:literal:)*(?:home|working-directory)(?::[a-z0-9-]+)?\}`

export type FolderMarks = {
  /** Placeholders for the places, at the borders of paths. */
  readonly in: (text: string) => string
  /** Where the places stand in a text, whatever manner. */
  readonly found: (text: string) => readonly { readonly start: number; readonly end: number; readonly name: string }[]
}

/**
 * Puts placeholders for places; of two the longer counts, so that the working directory inside home is itself. Several
 * sets of folders may stand for the same: those of this run, and those of the recording that it plays back.
 */
export const folderMarks = (sets: readonly Folders[]): FolderMarks => {
  const known = spellings(sets)
  if (known.size === 0) return { in: text => text, found: () => [] }
  const alternatives = [...known.keys()].sort((a, b) => b.length - a.length).map(escaped)
  const paths = new RegExp(alternatives.join('|'), 'g')
  const all = new RegExp([literals, ...alternatives].join('|'), 'g')
  return {
    in: text =>
      text.replace(all, (match, at: number) => {
        if (match.startsWith('${')) return `\${literal:${match.slice(2)}`
        return isWhole(text, at, at + match.length) ? (known.get(match) ?? match) : match
      }),
    found: text =>
      matchesIn(text, paths).flatMap(({ index: start, 0: path }) => {
        const end = start + path.length
        const found = known.get(path)
        return found && !found.includes(':') && isWhole(text, start, end)
          ? [{ start, end, name: found.slice(2, -1) }]
          : []
      }),
  }
}

/** The placeholder of each way to write each place. Earlier sets, and the working directory, go first. */
const spellings = (sets: readonly Folders[]): Map<string, string> => {
  const known = new Map<string, string>()
  for (const { home, workingDirectory } of sets) {
    for (const [name, path] of [
      ['working-directory', workingDirectory],
      ['home', home],
    ] as const) {
      if (path === undefined || path.length < shortest) continue
      for (const [manner, write] of Object.entries(manners)) {
        const written = write(path.replace(/[/\\]+$/, ''))
        if (!known.has(written)) known.set(written, mark(name, manner))
      }
    }
  }
  return known
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

/** Whether a path begins and ends here: /home/ann is not in /home/anna, nor in /srv/home/ann. */
const isWhole = (text: string, start: number, end: number): boolean => {
  const before = text.slice(Math.max(0, start - 12), start)
  const after = text.slice(end, end + 3)
  return (
    (!/[\p{L}\p{N}_.~-]$/u.test(before) || leadIn.test(before)) &&
    !/^(?:[\p{L}\p{N}_~-]|\.[\p{L}\p{N}_])/u.test(after) &&
    !otherCode.test(after)
  )
}

/** An escaped line end, an escaped letter of a URL, a colour of a terminal, an option such as -I. */
const leadIn = /(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\[[\d;]*m|(?:^|[\s"'=(,])-[A-Za-z])$/

/** In a URL the name goes on with an escaped letter, unless that is a slash, a quote or the like. */
const otherCode = /^%(?!2[267CcFf9]|3[A-Fa-f]|0[AaDd]|5[BbCcDd]|7[BbDd])[0-9A-Fa-f]{2}/

/** A slice of a place, for a piece of a stream that holds only some of its letters; the last goes on to the end. */
export const sliceMark = (name: string, from: number, to: number | undefined): string =>
  `\${${name}:${from}-${to ?? ''}}`

const marks = /\$\{(literal:)?((?:literal:)*(home|working-directory)(?::([a-z0-9-]+))?)\}/g

/** Puts the places back, letter by letter as they stood there. */
export const withFolders = (text: string, { home, workingDirectory }: Folders): string => {
  if (home === undefined && workingDirectory === undefined) return text
  return text.replace(
    marks,
    (all, literal: string | undefined, inner: string, name: Name, manner: string | undefined) => {
      if (literal !== undefined) return `\${${inner}}`
      const path = name === 'home' ? home : workingDirectory
      return (path === undefined ? undefined : written(path.replace(/[/\\]+$/, ''), manner)) ?? all
    },
  )
}

const written = (path: string, manner = 'plain'): string | undefined => {
  const slice = /^(\d+)-(\d*)$/.exec(manner)
  if (slice) return path.slice(Number(slice[1]), slice[2] === '' ? undefined : Number(slice[2]))
  return manners[manner]?.(path)
}
