import type { Permission } from '../core/border.ts'
import type { Path, RunEvent } from '../core/event.ts'
import type { HookAnswer } from '../core/hook.ts'
import { type ToolCall, type ToolResult, textOf } from '../core/message.ts'
import { callerOf, type Here } from './here.ts'
import { askHooks, hooked, noticesOf } from './hooked.ts'

/** A call that may go ahead, as it is to be made, or the reason why it may not. */
type Passed = { readonly call: ToolCall; readonly refusal?: undefined } | { readonly refusal: string }

/**
 * May this call go ahead? Hooks have the first word, and may rewrite it; rules decide about what they leave; a person is
 * asked last, so that nobody approves what is not done.
 */
export async function* gate(
  here: Here,
  { call: asked, path, readOnly }: { readonly call: ToolCall; readonly path: Path; readonly readOnly: boolean },
): AsyncGenerator<RunEvent, Passed> {
  const { name, input, id } = asked
  const told = yield* hooked(
    here,
    {
      name: 'pre_tool_use',
      tool: name,
      asked: { tool: name, input },
      facts: { agent_name: here.agent.name, tool_name: name, tool_use_id: id, tool_input: input },
    },
    path,
  )
  if (told.decision === 'deny') return { refusal: `Tool call blocked by hook: ${told.reason ?? 'it gave no reason.'}` }
  const call = told.input ? { ...asked, input: told.input } : asked
  const permission = await permissionFor(here, { call, readOnly, told })
  if (permission.verdict === 'allow') return { call }
  if (permission.verdict === 'deny') return { refusal: permission.reason }
  return yield* asking(here, call, path, permission)
}

const permissionFor = async (
  here: Here,
  { call, readOnly, told: { decision, reason } }: { call: ToolCall; readOnly: boolean; told: HookAnswer },
): Promise<Permission> => {
  const ask = { caller: callerOf(here), name: call.name, input: call.input, readOnly }
  const hook = decision === 'allow' || decision === 'ask' ? { hook: { decision, ...(reason && { reason }) } } : {}
  return await here.border.perform('permission', ask, async () => here.permission({ ...ask, ...hook }))
}

/** Asks the person, and tells the hooks that he is waited for. */
async function* asking(
  here: Here,
  call: ToolCall,
  path: Path,
  { verdict: _, ...why }: Extract<Permission, { verdict: 'ask' }>,
): AsyncGenerator<RunEvent, Passed> {
  const { agent, border, signal } = here
  yield { path, agent: agent.name, type: 'question', call, ...why }
  const question = { caller: callerOf(here), name: call.name, input: call.input }
  const [answer, told] = await Promise.all([
    border.perform('question', question, () => here.person({ path, call }, signal)),
    askHooks(here, waiting(`the approval of ${call.name}`)),
  ])
  yield { path, agent: agent.name, type: 'answer', call, answer }
  yield* noticesOf(told, agent.name, path)
  if (answer.verdict !== 'no') return { call }
  return { refusal: `The user rejected the tool call.${answer.reason ? ` Reason: ${answer.reason}` : ''}` }
}

/** The moment at which the user is waited for. */
export const waiting = (reason: string) => ({ name: 'on_user_input', asked: { reason }, facts: { reason } }) as const

/** What hooks say of a call that was made; what they want the model to know stands behind its result. */
export async function* afterwards(
  here: Here,
  { call, result, path }: { readonly call: ToolCall; readonly result: ToolResult; readonly path: Path },
): AsyncGenerator<RunEvent, ToolResult> {
  const { name, input, id } = call
  const { decision, reason, context } = yield* hooked(
    here,
    {
      name: 'post_tool_use',
      tool: name,
      asked: { tool: name, input },
      facts: {
        agent_name: here.agent.name,
        tool_name: name,
        tool_use_id: id,
        tool_input: input,
        tool_response: textOf(result.content),
        tool_error: result.error !== undefined,
      },
    },
    path,
  )
  const objection = decision === 'deny' ? `A hook objects to this call: ${reason ?? 'it gave no reason.'}` : ''
  const said = [objection, context ?? ''].filter(text => text !== '').join('\n\n')
  return said === '' ? result : { ...result, content: [...result.content, { type: 'text', text: `\n\n${said}` }] }
}
