import { readdirSync, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { Failure } from '../../core/errors.ts'
import { type Imported, importRecording } from '../../team/tapes/importing.ts'
import { failureOf } from '../exit.ts'
import { shortName } from '../short-name.ts'
import { type Terminal, write } from '../terminal.ts'
import { surroundingsOf } from './names.ts'

export type ImportFlags = { readonly output?: string; readonly origin?: string }

/**
 * `reprise cassette import FILE…`: recordings of other tools as cassettes. Each file by itself: one that cannot be read
 * is told, the others are imported all the same, and the exit code is that of the first that could not be.
 */
export const cassetteImport = async (
  files: readonly string[],
  { output, origin }: ImportFlags,
  terminal: Terminal,
): Promise<number> => {
  if (origin !== undefined && !isOrigin(origin)) {
    throw new Failure('usage', `${origin} is not the beginning of a URL.`, {
      hint: 'For example: --origin https://api.mistral.ai',
    })
  }
  const moves = movesOf(files, output, terminal)
  refuseDoubles(moves, terminal)
  let exit = 0
  for (const { from, to } of moves) {
    try {
      const imported = await importRecording(from, to, { ...surroundingsOf(terminal), host: origin })
      await tell(from, imported, terminal)
    } catch (error) {
      if (!(error instanceof Failure) || moves.length === 1) throw error
      const code = failureOf(error, terminal)
      exit = exit || code
    }
  }
  return exit
}

const isOrigin = (text: string): boolean => URL.canParse(text) && /^https?:/.test(text)

type Move = { readonly from: string; readonly to: string }

/** Where each file goes: to the name that is given, or into a folder under its own name. */
const movesOf = (files: readonly string[], output: string | undefined, { workingDirectory }: Terminal): Move[] => {
  const [only, ...others] = files.map(file => resolve(workingDirectory, file))
  const target = resolve(workingDirectory, output ?? 'cassettes')
  const isName = output !== undefined && !output.endsWith('/') && !isFolder(target)
  if (isName && only !== undefined && others.length === 0 && !isFolder(only)) {
    return [{ from: only, to: /\.ya?ml$/.test(target) ? target : `${target}.yaml` }]
  }
  if (isName && files.length > 1) {
    throw new Failure('usage', `${output} is no folder, and there are several files to import.`, {
      hint: `Name a folder: -o ${output}/`,
    })
  }
  return files
    .map(file => resolve(workingDirectory, file))
    .flatMap(file => (isFolder(file) ? filesIn(file) : [{ file, name: basename(file) }]))
    .map(({ file, name }) => ({ from: file, to: join(target, `${withoutEnding(name)}.yaml`) }))
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const filesIn = (folder: string): { readonly file: string; readonly name: string }[] => {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
  if (found.length === 0) throw new Failure('usage', `The folder ${folder} is empty.`)
  return found.map(file => ({ file, name: relative(folder, file) }))
}

const withoutEnding = (name: string): string =>
  name.replace(/\.gz$/, '').replace(/(?:\.cassette)?\.(?:ya?ml|json|har|httprr)$/, '')

/** Before anything is written: one would take the place of the other. */
const refuseDoubles = (moves: readonly Move[], terminal: Terminal): void => {
  const known = new Map<string, string>()
  for (const { from, to } of moves) {
    const other = known.get(to)
    if (other !== undefined) {
      const [one, two, both] = [other, from, to].map(path => shortName(path, terminal))
      throw new Failure('usage', `${one} and ${two} would both become ${both}.`, {
        hint: 'Import them one by one, each with its own -o NAME.',
      })
    }
    known.set(to, from)
  }
}

const tell = async (from: string, { path, format, interactions, modelCalls, note }: Imported, terminal: Terminal) => {
  const [source, target] = [from, path].map(one => shortName(one, terminal))
  const calls = `${interactions} ${interactions === 1 ? 'interaction' : 'interactions'}, ${modelCalls} of them model calls`
  await write(terminal.stdout, `${target}: ${calls}, from ${source} (${format}).\n`)
  if (note !== undefined) await write(terminal.stderr, `${source}: ${note}\n`)
}
