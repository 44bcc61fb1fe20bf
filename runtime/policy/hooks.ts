import type { Hook, HookAnswer, HookName } from '../core/hook.ts'
import type { JsonObject } from '../core/json.ts'
import type { Workspace } from '../core/workspace.ts'
import type { Heard } from './hook-command.ts'

/** A command as an agent file writes it; `timeout` in seconds. */
export type HookCommand = {
  readonly command: string
  readonly timeout?: number | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly working_dir?: string | undefined
}

/** `hooks` of an agent file: those of tools with a regular expression for the names of tools, which has been checked. */
export type HookRules = {
  readonly [Moment in HookName]?:
    | readonly (HookCommand | { readonly matcher?: string | undefined; readonly hooks: readonly HookCommand[] })[]
    | undefined
}

export type HookWorld = {
  readonly workspace: Pick<Workspace, 'shell'>
  /** What every hook is told: the session, the working directory. Asked when one runs: in a replay none does. */
  readonly common: () => JsonObject
}

/**
 * The hooks of an agent, by the moment and the tool; nothing where there are none. All of one moment run at once, equal
 * commands once. The strictest word counts: one that stops stops. Before a call, a hook that fails stops it too: it could
 * be the one that guards.
 */
export const hooksOf =
  (rules: HookRules, world: HookWorld): ((moment: HookName, tool?: string) => Hook | undefined) =>
  (moment, tool) => {
    const commands = commandsFor(rules, moment, tool)
    if (commands.length === 0) return undefined
    return async (facts, signal) => {
      const { runHook } = await import('./hook-command.ts')
      const told = JSON.stringify({ ...world.common(), hook_event_name: moment, ...facts })
      const heard = await Promise.all(commands.map(command => runHook(command, told, { ...world, signal })))
      signal.throwIfAborted()
      return together(heard, moment === 'pre_tool_use')
    }
  }

const commandsFor = (rules: HookRules, moment: HookName, tool = ''): HookCommand[] => {
  const commands = (rules[moment] ?? []).flatMap(each => {
    if (!('hooks' in each)) return [each]
    return matcherOf(each.matcher).test(tool) ? each.hooks : []
  })
  return [...new Map(commands.map(command => [command.command, command])).values()]
}

/** The whole name must match, as in cagent; Go writes `(?i)` for what is a flag here. Throws for what is no expression. */
export const matcherOf = (matcher = ''): RegExp => {
  if (matcher === '' || matcher === '*') return /^/
  const [, flags = '', source = ''] = /^(?:\(\?([is]+)\))?([\s\S]*)$/.exec(matcher) ?? []
  return new RegExp(`^(?:${source})$`, flags)
}

const strictest = ['deny', 'ask', 'allow'] as const

const together = (heard: readonly Heard[], isGuard: boolean): HookAnswer => {
  const verdicts = heard.map(each =>
    each.failure === undefined || !isGuard ? each : { decision: 'deny' as const, reason: each.failure },
  )
  const decision = strictest.find(word => verdicts.some(each => each.decision === word))
  const reasons = verdicts.flatMap(each => (each.decision === decision && each.reason ? [each.reason] : []))
  // Each was told of the call as the model made it; the last in the file has the last word.
  const input = heard.findLast(each => each.input)?.input
  const context = heard.flatMap(each => (each.context ? [each.context] : [])).join('\n\n')
  const notices = heard.flatMap(({ message, failure }) => [
    ...(message ? [{ level: 'info' as const, text: message }] : []),
    ...(failure ? [{ level: 'warning' as const, text: failure }] : []),
  ])
  return {
    ...(decision && { decision }),
    ...(decision && reasons.length > 0 && { reason: reasons.join('\n') }),
    ...(input && { input }),
    ...(context && { context }),
    ...(notices.length > 0 && { notices }),
  }
}
