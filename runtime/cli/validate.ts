import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { printProblem } from '../config/diagnose.ts'
import { checkAgentFile } from '../config/load.ts'
import { exitOf } from './exit.ts'
import { type Terminal, write } from './terminal.ts'

/** `reprise validate FILE…`: every mistake of every file; 0 when there is none. */
export const validate = async (
  files: readonly string[],
  { stdout, stderr, env, workingDirectory }: Terminal,
): Promise<number> => {
  let exit = 0
  for (const file of files) {
    const text = readText(resolve(workingDirectory, file))
    if (text === undefined) {
      await write(stderr, `The agent file ${file} cannot be read.\n`)
      exit = exitOf('config')
      continue
    }
    const source = { path: file, text }
    const { problems, warnings } = checkAgentFile(source, { env })
    for (const problem of [...problems, ...warnings]) await write(stderr, `${printProblem(source, problem)}\n`)
    if (problems.length > 0) exit = exitOf('config')
    await write(stdout, problems.length > 0 ? `${file}: ${count(problems.length)}\n` : `${file}: ok\n`)
  }
  return exit
}

const count = (problems: number): string => (problems === 1 ? '1 problem' : `${problems} problems`)

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
