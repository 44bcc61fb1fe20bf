import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isUrl } from '../core/address.ts'
import { checkTeamFile } from '../team/check.ts'
import { exitOf } from './exit.ts'
import { homeIn, type Terminal, write } from './terminal.ts'

/** `reprise validate FILE…`: every mistake of every file; 0 when there is none. */
export const validate = async (
  files: readonly string[],
  { stdout, stderr, env, workingDirectory }: Terminal,
): Promise<number> => {
  let exit = 0
  for (const file of files) {
    const text = readText(resolve(workingDirectory, file))
    const { problems, warnings } =
      typeof text === 'string'
        ? await checkTeamFile(
            { path: file, text },
            { env, complaint: missingFrom(resolve(workingDirectory, file), homeIn(env)) },
          )
        : { problems: [`${file}: ${text.problem}`], warnings: [] }
    for (const problem of [...problems, ...warnings]) await write(stderr, `${problem}\n\n`)
    if (problems.length > 0) exit = exitOf('config')
    await write(stdout, `${file}: ${problems.length === 0 ? 'ok' : count(problems.length)}\n`)
  }
  return exit
}

/** What is wrong with references of a file to others. */
const missingFrom =
  (file: string, home: string) =>
  (reference: string): string | undefined => {
    if (isUrl(reference)) return undefined
    const text = readText(resolve(dirname(file), reference.replace(/^~(?=\/)/, home)))
    return typeof text === 'string' ? undefined : `${reference}: ${text.problem}`
  }

const count = (problems: number): string => (problems === 1 ? '1 problem' : `${problems} problems`)

const readText = (path: string): string | { problem: string } => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    return { problem: `The file cannot be read: ${reasons[code] ?? code}.` }
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'it is not yours to read',
}
