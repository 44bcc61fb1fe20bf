import type { Permission } from '../core/border.ts'
import { type Line, readLine } from './commands.ts'
import { parsePattern } from './pattern.ts'
import { type Call, lineOf, type Rule, rulesAgainst, rulesFor } from './rules.ts'

/** `permissions` of an agent file: lists of patterns, see pattern.ts. */
export type PermissionRules = {
  readonly allow?: readonly string[] | undefined
  readonly ask?: readonly string[] | undefined
  readonly deny?: readonly string[] | undefined
}

/**
 * Decides without a person whether a call may go ahead: deny, a hook that asks, allow, ask, what is granted for now, a hook
 * that allows, what only reads, else ask. With --yolo, as in cagent, nothing is asked about but a call of which it cannot be told whether a rule
 * denies it.
 *
 * Rules about commands are held against every command of a line. It is denied if one of them is; it is allowed only if
 * all of them are; and where it cannot be told what a line runs, and there are rules that forbid, it is asked about. This
 * is no wall, since a program may do anything (`python -c`, `make`): only a sandbox could be one.
 */
export const permissionsOf = (
  rules: PermissionRules,
  { yolo }: { readonly yolo: boolean },
): ((call: Call) => Promise<Permission>) => {
  const deny = rules.deny?.map(parsePattern) ?? []
  const allow = rules.allow?.map(parsePattern) ?? []
  const ask = rules.ask?.map(parsePattern) ?? []
  return async call => {
    const speaking = {
      deny: rulesAgainst(deny, call),
      allow: rulesFor(allow, call),
      ask: rulesAgainst(ask, call),
      granted: rulesFor(call.granted?.flatMap(({ rules }) => rules.map(parsePattern)) ?? [], call),
    }
    const line = await lineFor(call, Object.values(speaking).flat())
    return (
      forbidden(speaking.deny, call, line) ??
      (yolo ? undefined : hookSays('ask', call)) ??
      (await allowed(speaking.allow, line)) ??
      (yolo ? undefined : asked(speaking.ask, line)) ??
      (await granted(speaking, call, line)) ??
      hookSays('allow', call) ??
      (call.readOnly ? { verdict: 'allow', rule: 'read-only' } : undefined) ??
      (yolo ? { verdict: 'allow', rule: '--yolo' } : { verdict: 'ask' })
    )
  }
}

/** The line of a call, read, where some rule wants to know what is in it. */
const lineFor = async (call: Call, rules: readonly Rule[]): Promise<Line | undefined> => {
  const line = lineOf(call)
  return line !== undefined && rules.some(({ command }) => command) ? await readLine(line) : undefined
}

const forbidden = (rules: readonly Rule[], { name }: Call, line: Line | undefined): Permission | undefined => {
  let doubt: Permission | undefined
  for (const { pattern, command } of rules) {
    const rule = `deny: ${pattern.source}`
    const found = command && line?.matchedBy(command)
    if (!command || found?.certain) {
      const what = found ? `, which forbids ${shown(found.text)}` : ''
      return {
        verdict: 'deny',
        rule,
        reason: `Tool '${name}' is denied by permissions configuration (${rule}${what}).`,
      }
    }
    if (found)
      doubt ??= { verdict: 'ask', rule, reason: `Only running it tells whether ${shown(found.text)} is forbidden.` }
    else if (!line?.certain)
      doubt ??= { verdict: 'ask', rule, reason: 'Not all that the command line runs can be told.' }
  }
  return doubt
}

const allowed = async (rules: readonly Rule[], line: Line | undefined): Promise<Permission | undefined> => {
  const whole = rules.find(({ command }) => !command)
  if (whole) return { verdict: 'allow', rule: `allow: ${whole.pattern.source}` }
  const commands = rules.flatMap(({ command }) => command ?? [])
  if (!line || commands.length === 0 || !(await line.allowedBy(commands))) return undefined
  const naming = rules.filter(({ command }) => command && line.matchedBy(command)?.certain)
  return { verdict: 'allow', rule: `allow: ${naming.map(({ pattern }) => pattern.source).join(', ')}` }
}

/** What is granted may be a part of a line, of which rules allow the rest. */
const granted = async (
  { allow, granted }: { readonly allow: readonly Rule[]; readonly granted: readonly Rule[] },
  call: Call,
  line: Line | undefined,
): Promise<Permission | undefined> => {
  if (granted.length === 0 || !(await allowed([...allow, ...granted], line))) return undefined
  return { verdict: 'allow', rule: (call.granted ?? []).map(({ by }) => by).join(', ') }
}

const asked = (rules: readonly Rule[], line: Line | undefined): Permission | undefined => {
  const first = rules.find(({ command }) => !command || !line?.certain || line.matchedBy(command))
  return first && { verdict: 'ask', rule: `ask: ${first.pattern.source}` }
}

const hookSays = (verdict: 'allow' | 'ask', { hook }: Call): Permission | undefined =>
  hook?.decision === verdict
    ? { verdict, rule: 'hook: pre_tool_use', ...(verdict === 'ask' && hook.reason && { reason: hook.reason }) }
    : undefined

/** Characters of a command that a reason repeats. */
const mostShown = 120

const shown = (text: string): string => {
  const plain = [...text].map(character => (character < ' ' ? '…' : character)).join('')
  return `"${plain.length > mostShown ? `${plain.slice(0, mostShown)}…` : plain}"`
}
