import type { Path, RunEvent } from '../core/event.ts'
import type { HookAnswer, HookName } from '../core/hook.ts'
import type { JsonObject } from '../core/json.ts'
import { callerOf, type Here } from './here.ts'

/** A moment for hooks: `asked` is what a recording knows it by, `facts` what hooks are told beside that. */
export type Moment = {
  readonly name: HookName
  readonly tool?: string
  readonly asked: JsonObject
  readonly facts: JsonObject
}

type Asker = Pick<Here, 'agent' | 'lane' | 'border' | 'signal'>

/** What the hooks of the agent say of a moment; nothing where it has none for it. */
export const askHooks = async (here: Asker, { name, tool, asked, facts }: Moment): Promise<HookAnswer> => {
  const hook = here.agent.hooks?.(name, tool)
  if (!hook) return {}
  return await here.border.perform('hook', { caller: callerOf(here), name, input: asked }, () =>
    hook(facts, here.signal),
  )
}

/** What hooks have to say to the person. */
export function* noticesOf({ notices = [] }: HookAnswer, agent: string, path: Path): Generator<RunEvent> {
  for (const { level, text } of notices) yield { path, agent, type: 'notice', level, code: 'hook', text }
}

/** The same, told at once. */
export async function* hooked(here: Asker, moment: Moment, path: Path): AsyncGenerator<RunEvent, HookAnswer> {
  const answer = await askHooks(here, moment)
  yield* noticesOf(answer, here.agent.name, path)
  return answer
}
