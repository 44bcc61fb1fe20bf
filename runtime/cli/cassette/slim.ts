import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Slimmed, slimInteractions } from '../../cassette/care/slim.ts'
import { namedCassette, reading } from '../../team/tapes/reading.ts'
import { replaceCassette } from '../../team/tapes/replacing.ts'
import { shortName } from '../short-name.ts'
import { type Terminal, write } from '../terminal.ts'
import { surroundingsOf } from './names.ts'

/** `reprise cassette slim NAME`: takes out of a cassette what `said` stands for. */
export const cassetteSlim = async (
  name: string,
  { output }: { readonly output?: string },
  terminal: Terminal,
): Promise<number> => {
  const cassette = namedCassette(name, terminal.workingDirectory)
  const to = output === undefined ? cassette.path : resolve(terminal.workingDirectory, output)
  const { size: before } = statSync(cassette.path)
  const kept: number[] = []
  const { protocols } = await reading()
  const interactions = counting(slimInteractions(cassette, protocols), kept)
  await replaceCassette(
    cassette,
    { header: { ...cassette.header, slim: true }, interactions },
    { ...surroundingsOf(terminal), to },
  )
  await write(terminal.stdout, `${shortName(to, terminal)}: ${sizeOf(statSync(to).size)}, was ${sizeOf(before)}.\n`)
  if (kept.length > 0) await write(terminal.stdout, keptText(kept))
  return 0
}

async function* counting(all: AsyncIterable<Slimmed>, kept: number[]) {
  for await (const { interaction, keepsBytes } of all) {
    if (keepsBytes) kept.push(interaction.id)
    yield interaction
  }
}

const sizeOf = (bytes: number): string => (bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`)

const keptText = (ids: readonly number[]): string =>
  `${ids.length === 1 ? `Interaction ${ids[0]} keeps its` : `${ids.length} interactions keep their`} bytes, since more came than is told under "said".\n`
