import type { Entry } from '../../cassette/file/file.ts'
import { read } from '../../cassette/play/answer.ts'
import { Failure } from '../../core/errors.ts'
import type { ContentPart } from '../../core/message.ts'
import type { OpenOptions } from '../open.ts'
import { recordedFiles } from './recorded-files.ts'
import { tapeOf } from './tape.ts'

/** What a cassette holds of the run that it is of: enough to run it again without anything beside. */
export type Script = {
  readonly source: OpenOptions['source']
  /** Options as they stood on the command line, such as `--agent=writer`. */
  readonly arguments: readonly string[]
  /** What the user said, a turn each, with the id of the interaction. */
  readonly said: readonly { readonly id: number; readonly content: readonly ContentPart[] }[]
}

/** The recorded command line, as options. */
export const optionsOf = ({
  arguments: words,
}: Script): Pick<OpenOptions, 'agent' | 'models' | 'promptFiles' | 'yolo'> => {
  const values = (name: string) =>
    words.flatMap(word => (word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : []))
  const agent = values('agent').at(-1)
  return {
    ...(agent !== undefined && { agent }),
    models: values('model'),
    promptFiles: values('prompt-file'),
    yolo: words.includes('--yolo'),
  }
}

/** The script in a cassette. Throws a Failure where the recorder of others kept none. */
export const scriptOf = async (name: string, cassettesFrom: string): Promise<Script> => {
  const tape = await tapeOf(name, cassettesFrom)
  const { agent, arguments: options = [] } = tape.header
  if (agent?.content === undefined) {
    throw new Failure('usage', `${name} holds no agent file, so it cannot be played by itself.`, {
      hint: `Say which agent file it was: reprise exec agent.yaml --fake ${name} "…"`,
    })
  }
  const said = turnsIn(tape.entries.filter(({ method }) => method === 'SAY'))
  return {
    source: { path: agent.path, text: agent.content, ...(agent.files && { files: recordedFiles(tape.header) }) },
    arguments: options,
    said: said.map(({ id }) => ({ id, content: read(tape.load(id).request.body) })),
  }
}

/** Of a turn that began with a command the command, whose calls are made again; of any other what was said. */
const turnsIn = (entries: readonly Entry[]): Entry[] => {
  const isCommand = (entry: Entry | undefined): boolean => entry?.url === 'message:command'
  return entries.filter((_, index) => !isCommand(entries[index - 1]))
}
