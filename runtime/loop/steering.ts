import type { Caller } from '../core/border.ts'
import type { ContentPart } from '../core/message.ts'
import { turnOf } from './answer.ts'
import type { Run } from './run.ts'

/** What the user has said since the turn before, a message each. It crosses the border, so that a replay hears it there. */
export async function* heardIn(
  { border, messages, heard, signal }: Run,
  caller: Caller,
): AsyncGenerator<readonly ContentPart[]> {
  const ask = { caller, name: 'user', turn: turnOf(messages) } as const
  // What is called off hears nothing: it is said next.
  const live = async () => (signal.aborted ? null : (heard?.() ?? null))
  for (;;) {
    const content = await border.perform('heard', ask, live)
    if (!content) return
    yield content
  }
}
