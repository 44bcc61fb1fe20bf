import type { Permission } from '../core/border.ts'
import type { Path, RunEvent } from '../core/event.ts'
import type { HookAnswer } from '../core/hook.ts'
import { type ToolCall, type ToolResult, textOf } from '../core/message.ts'
import { callerOf, type Here } from './here.ts'
import { askHooks, hooked, noticesOf } from './hooked.ts'
import type { Judged } from './run.ts'

/** A call that may go ahead, as it is to be made, or the reason why it may not. `note` is for the model. */
type Passed =
  | { readonly call: ToolCall; readonly note?: string; readonly refusal?: undefined }
  | { readonly refusal: string }

type Asked = {
  readonly call: ToolCall
  readonly path: Path
  readonly readOnly: boolean
  readonly origin?: string
  /** Whether a person wrote the call as it is, and so has approved it. */
  readonly isApproved?: true
}

/**
 * May this call go ahead? Hooks have the first word, and may rewrite it; rules decide about what they leave; a person is
 * asked last, so that nobody approves what is not done. What he makes of a call goes the same way, and he is asked again
 * only where a hook has changed it.
 */
export async function* gate(here: Here, asked: Asked): AsyncGenerator<RunEvent, Passed> {
  const { name, input, id } = asked.call
  const told = yield* hooked(
    here,
    {
      name: 'pre_tool_use',
      tool: name,
      asked: { tool: name, input },
      facts: { agent_name: here.agent.name, tool_name: name, tool_use_id: id, tool_input: input },
    },
    asked.path,
  )
  if (told.decision === 'deny') return { refusal: `Tool call blocked by hook: ${told.reason ?? 'it gave no reason.'}` }
  const call = told.input ? { ...asked.call, input: told.input } : asked.call
  const judged = judgedBy(told, { ...asked, call })
  const permission = await permissionFor(here, judged)
  if (permission.verdict === 'deny') return { refusal: permission.reason }
  if (permission.verdict === 'allow' || (asked.isApproved && !told.input)) return { call }
  return yield* asking(here, { ...asked, call, judged }, permission)
}

const judgedBy = ({ decision, reason }: HookAnswer, { call, readOnly, origin }: Asked): Judged => ({
  name: call.name,
  input: call.input,
  readOnly,
  ...(origin !== undefined && { origin }),
  ...((decision === 'allow' || decision === 'ask') && { hook: { decision, ...(reason && { reason }) } }),
})

const permissionFor = async (here: Here, judged: Judged): Promise<Permission> => {
  const { name, input, readOnly } = judged
  const ask = { caller: callerOf(here), name, input, readOnly }
  return await here.border.perform('permission', ask, async () => {
    const granted = (await here.toolbox.granted?.(here.messages, here.signal)) ?? []
    return (here.agent.permission ?? here.permission)({ ...judged, ...(granted.length > 0 && { granted }) })
  })
}

/** Asks the person, and tells the hooks that he is waited for. */
async function* asking(
  here: Here,
  { judged, ...asked }: Asked & { readonly judged: Judged },
  { verdict: _, ...why }: Extract<Permission, { verdict: 'ask' }>,
): AsyncGenerator<RunEvent, Passed> {
  const { agent, border, signal } = here
  const { call, path } = asked
  yield { path, agent: agent.name, type: 'question', call, ...why }
  const question = { caller: callerOf(here), name: call.name, input: call.input }
  const [answer, told] = await Promise.all([
    border.perform('question', question, () => here.person({ path, call, judged, ...why }, signal)),
    askHooks(here, waiting(`the approval of ${call.name}`)),
  ])
  yield { path, agent: agent.name, type: 'answer', call, answer }
  yield* noticesOf(told, agent.name, path)
  if (answer.verdict === 'no')
    return { refusal: `The user rejected the tool call.${answer.reason ? ` Reason: ${answer.reason}` : ''}` }
  if (!answer.input) return { call }
  const passed = yield* gate(here, { ...asked, call: { ...call, input: answer.input }, isApproved: true })
  if (passed.refusal !== undefined) return passed
  return { ...passed, note: `The user changed the arguments of this call to ${JSON.stringify(passed.call.input)}` }
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
  return withNote(result, [objection, context ?? ''].filter(text => text !== '').join('\n\n'))
}

/** A result with something behind it that the model shall know. */
export const withNote = (result: ToolResult, note = ''): ToolResult =>
  note === '' ? result : { ...result, content: [...result.content, { type: 'text', text: `\n\n${note}` }] }
