import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { Refused, refuseLarge } from '../file/bounds.ts'
import type { Beside } from './format.ts'

/**
 * Some recorders keep long bodies in files of their own. A recording may name those in its folder, or in the `__files`
 * that WireMock has beside the folder of its mappings; a name that leads elsewhere could take any file along.
 */
export const besideOf = (path: string): Beside => {
  const folder = dirname(path)
  const roots = [join(folder, '__files'), join(dirname(folder), '__files'), folder]
  return name => {
    const found = roots.map(root => fileIn(root, name)).find(file => file !== undefined)
    if (found === undefined) throw new Refused(`it names a file that is not beside it (${name.slice(0, 100)})`)
    refuseLarge(statSync(found).size)
    return readFileSync(found)
  }
}

const fileIn = (root: string, name: string): string | undefined => {
  try {
    const folder = realpathSync(root)
    const file = realpathSync(join(folder, name))
    const way = relative(folder, file)
    const isInside = way !== '' && way !== '..' && !way.startsWith(`..${sep}`)
    return isInside && statSync(file).isFile() ? file : undefined
  } catch {
    return undefined
  }
}
