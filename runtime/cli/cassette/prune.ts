import { pruneCassette } from '../../team/tapes/pruning.ts'
import { namedCassette } from '../../team/tapes/reading.ts'
import { shortName } from '../short-name.ts'
import { type Terminal, write } from '../terminal.ts'
import { surroundingsOf } from './names.ts'

/** `reprise cassette prune NAME`: takes out what a replay of the cassette does not use. */
export const cassettePrune = async (name: string, terminal: Terminal): Promise<number> => {
  const { path, entries } = namedCassette(name, terminal.workingDirectory)
  const dropped = await pruneCassette(path, surroundingsOf(terminal))
  const told = dropped.map(({ id, method, url }) => `  ${id} ${method} ${url}\n`).join('')
  const sum =
    dropped.length === 0 ? 'all of it is used' : `took out ${dropped.length} of ${entries.length} interactions`
  await write(terminal.stdout, `${shortName(path, terminal)}: ${sum}.\n${told}`)
  return 0
}
