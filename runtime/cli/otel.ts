import { otelObserver } from '../observe/otel.ts'
import type { Conversation } from '../team/open.ts'
import { version } from '../team/version.ts'
import type { Around } from './start.ts'

/** A conversation of which a collector is told what takes how long, and what is used. */
export const observed = (
  conversation: Conversation,
  env: Readonly<Record<string, string | undefined>>,
  { terminal, face }: Pick<Around, 'terminal' | 'face'>,
): Conversation => {
  const notice = (text: string) => void face.notice(text)
  const observer = otelObserver({ env, version, notice, now: () => terminal.now().getTime() })
  const models = Object.fromEntries(conversation.agents.map(({ name, model }) => [name, model]))
  return {
    ...conversation,
    get agents() {
      return conversation.agents
    },
    say: (...said) => observer.watch(conversation.say(...said), models),
    close: async failure => {
      const closing = await conversation.close(failure)
      await observer.end()
      return closing
    },
  }
}
