import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { ToolFailure } from '../core/tool.ts'
import { inWords, isMissing } from './errors.ts'

export type PathOptions = {
  readonly root: string
  readonly home: () => string | undefined
  /** Folders outside which nothing may be reached; everything may be where absent. */
  readonly roots: readonly string[] | undefined
}

/** `target` of a link is where it points to; `itself` is the link, of which only the folder is followed. */
export type Follow = 'target' | 'itself'

export type Resolve = (path: string, follow?: Follow) => string

/** Links that are followed in one path, as the kernel does. */
const mostLinks = 40

/**
 * From a path as a model writes it to the real one: absolute, `~` replaced, and links followed, also those that point
 * to nothing yet. Throws a ToolFailure for a path that is none or that leads outside the roots.
 */
export const pathResolver = (options: PathOptions): Resolve => {
  const { root, home, roots } = options
  const allowed = roots?.map(folder => realPath(resolve(root, folder)))
  return (path, follow = 'target') => {
    if (path.includes('\0'))
      throw new ToolFailure(`${JSON.stringify(path)} holds a null byte: no file has such a name.`)
    const absolute = resolve(root, atHome(path, home()))
    const real = realOf(absolute, path, follow)
    if (allowed && !allowed.some(folder => isInside(folder, real))) {
      throw new ToolFailure(`${path} is outside the folders that may be used: ${roots?.join(', ')}.`)
    }
    return real
  }
}

const realOf = (absolute: string, path: string, follow: Follow): string => {
  try {
    return follow === 'target' ? realPath(absolute) : join(realPath(dirname(absolute)), basename(absolute))
  } catch (error) {
    throw inWords(error, path)
  }
}

const atHome = (path: string, home: string | undefined): string =>
  home !== undefined && (path === '~' || path.startsWith('~/')) ? join(home, path.slice(1)) : path

const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`)
}

/** As realpath(3), and for what does not exist yet: where it would come to be. */
const realPath = (path: string, links = 0): string => {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error
  }
  const here = join(realPath(dirname(path), links), basename(path))
  if (links >= mostLinks || !isLink(here)) return here
  return realPath(resolve(dirname(here), readlinkSync(here)), links + 1)
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
