import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The path of a file that comes with this package, wherever it is installed, and whether it was built or not. */
export const bundled = (path: string): string => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, path)
    if (existsSync(file) && existsSync(join(folder, 'package.json'))) return file
    if (folder === dirname(folder)) throw new Error(`${path} does not come with this package`)
  }
}
