import type { AgentFile } from '../config/schema.ts'
import type { AskForm } from '../core/form.ts'
import { type HookWorld, hooksOf } from '../policy/hooks.ts'

type Around = { readonly ask: AskForm; readonly notice: (text: string) => void }

/** Asks the person in an agent's name. */
export type AskFor = (agent: string) => AskForm

/**
 * Tells the hooks of an agent that the person is waited for, while he is asked. It happens in the middle of a call, whose
 * result is recorded, so what they say is not.
 */
export const askingWithHooks =
  ({ agents }: Pick<AgentFile, 'agents'>, world: HookWorld, { ask, notice }: Around): AskFor =>
  agent => {
    const { hooks } = agents.find(({ name }) => name === agent) ?? {}
    const hook = hooks && hooksOf(hooks, world)('on_user_input')
    if (!hook) return ask
    return async (form, signal) => {
      const [answer, told] = await Promise.all([ask(form, signal), hook({ reason: `${form.from} asks` }, signal)])
      for (const { text } of told.notices ?? []) notice(text)
      return answer
    }
  }
