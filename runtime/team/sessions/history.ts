import type { OpenCassette } from '../../cassette/file/file.ts'
import type { Border } from '../../core/border.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { Message } from '../../core/message.ts'

/** What was said before a run began, and who has the floor since; nobody in particular where absent. */
export type History = { readonly messages: readonly Message[]; readonly agent?: string }

type Before = {
  readonly border: Border
  readonly earlier: readonly Message[]
  readonly speaker: string
  /** Of a replay: whether its cassette has a history. */
  readonly recorded: boolean | undefined
  /** Whether `speaker` was asked for, whoever has the floor. */
  readonly asked: boolean
}

const name = 'history'

/** Whether what a cassette holds is the end of a longer conversation. */
export const tellsHistory = ({ entries }: OpenCassette): boolean =>
  entries.some(({ method, url }) => method === 'READ' && url === `fact:${name}`)

/**
 * What a run goes on from. It comes over the border as a fact, so that a recording holds it: a replay knows no sessions,
 * and what its models were asked began with this. Of a conversation that begins nothing is asked.
 */
export const historyOf =
  ({ border, earlier, speaker, recorded, asked }: Before): (() => Promise<History>) =>
  async () => {
    if (!(recorded ?? earlier.length > 0)) return { messages: earlier }
    const told = { agent: speaker, messages: earlier } as unknown as Json
    const answer = await border.perform('fact', { name }, async () => told)
    if (!isJsonObject(answer)) return { messages: earlier }
    const { messages, agent } = answer as unknown as History
    return asked || agent === undefined ? { messages } : { messages, agent }
  }
