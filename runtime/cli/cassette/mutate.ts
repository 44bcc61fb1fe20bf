import { type Mutation, mutationOf, type Unguarded } from '../../cassette/care/mutate.ts'
import { Failure } from '../../core/errors.ts'
import { namedCassette, reading } from '../../team/tapes/reading.ts'
import { jsonPage } from '../page.ts'
import { shortName } from '../short-name.ts'
import { type Terminal, write } from '../terminal.ts'

export type MutateOptions = { readonly most: string; readonly json?: boolean }

/** `reprise cassette mutate NAME`: what share of its requests is really compared; 1 where a change slips through unmeant. */
export const cassetteMutate = async (
  name: string,
  { most, json }: MutateOptions,
  terminal: Terminal,
): Promise<number> => {
  if (!/^[1-9]\d*$/.test(most)) throw new Failure('usage', `--most takes a number, not ${JSON.stringify(most)}.`)
  const cassette = namedCassette(name, terminal.workingDirectory)
  const { protocols } = await reading()
  const mutation = mutationOf(cassette, protocols, Number(most))
  const path = shortName(cassette.path, terminal)
  await write(terminal.stdout, json ? jsonPage({ path, ...mutation }) : textOf(path, mutation))
  return mutation.unguarded.some(({ why }) => why === undefined) ? 1 : 0
}

const textOf = (path: string, { requests, fields, tried, fates, unguarded }: Mutation): string => {
  const guarded = tried === 0 ? 100 : ((tried - fates.answered) / tried) * 100
  const scope = tried === fields ? `${fields} fields` : `${tried} of ${fields} fields`
  return [
    `${path}: ${scope} of ${requests} requests, each changed by itself.`,
    `  ${fates.miss} a miss`,
    `  ${fates.drift} drift, which --strict refuses`,
    ...(fates.other === 0 ? [] : [`  ${fates.other} another recorded request`]),
    `  ${fates.answered} answered as if nothing had changed`,
    `${guarded.toFixed(1)} % are guarded.`,
    ...unguarded.map(lineOf),
    '',
  ].join('\n')
}

const lineOf = ({ place, count, ids, why }: Unguarded): string =>
  `  ${count} × ${place} (interaction ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}): ${why ?? 'a hole: nobody meant it to be free. Please report it'}`
