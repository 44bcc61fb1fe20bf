import { resolveCassette } from '../cassette/file/file.ts'
import { playedBefore } from '../cassette/play/fork.ts'
import { Failure } from '../core/errors.ts'
import { freeFork } from '../team/tapes/fork-name.ts'
import { scriptOf } from '../team/tapes/script.ts'
import { finishing, guarded, sayAll } from './exec.ts'
import { faceFor } from './face.ts'
import { interruption } from './interrupt.ts'
import { contentsOf } from './messages.ts'
import { personAt } from './person.ts'
import { optionsIn } from './replay.ts'
import type { RunOptions } from './run-options.ts'
import { startWith } from './start.ts'
import type { Terminal } from './terminal.ts'

export type ForkOptions = RunOptions & { readonly at: string }

/**
 * `reprise fork NAME --at N MESSAGE…`: the run of a cassette up to its interaction N, then on from there for real, with
 * the messages given, or with the recorded ones where there are none. Both halves go into a cassette of their own.
 */
export const fork = async (
  name: string,
  messages: readonly string[],
  options: ForkOptions,
  terminal: Terminal,
): Promise<number> => {
  const { workingDirectory } = terminal
  const face = faceFor(options, terminal)
  const person = personAt(terminal, face.showsQuestions)
  using interrupt = interruption(terminal.stdout)
  return await guarded(face, async () => {
    const script = await scriptOf(name, workingDirectory)
    const at = placeOf(options.at)
    const record = options.record || freeFork(resolveCassette(name, workingDirectory), at, workingDirectory)
    const settings = { ...optionsIn(script), ...options, fake: name, record }
    const conversation = await startWith(
      script.source,
      settings,
      { terminal, face, person },
      { plays: playedBefore(at), liveOutput: face.liveOutput },
    )
    return await finishing(conversation, face, async () => {
      const given = await contentsOf(messages, options, terminal, interrupt.signal)
      const before = script.said.filter(({ id }) => id <= at || given.length === 0)
      await face.start()
      const contents = [...before.map(({ content }) => [...content]), ...given]
      return await sayAll(conversation, contents, { face, person, signal: interrupt.signal })
    })
  })
}

/** The id of an interaction. Throws a Failure('usage') for what is none. */
export const placeOf = (at: string): number => {
  if (/^\d+$/.test(at)) return Number(at)
  throw new Failure('usage', `--at takes the id of an interaction, not ${JSON.stringify(at)}.`, {
    hint: 'reprise cassette show NAME lists them.',
  })
}
