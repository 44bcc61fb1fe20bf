import type { ToolAnswer } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { Path, RunEvent } from '../core/event.ts'
import type { Message, ToolCall, ToolResult } from '../core/message.ts'
import { type Conductor, CutOff, isBackground, type Tool, type ToolContext, ToolFailure } from '../core/tool.ts'
import { delegate, handoff, inTheBackground, isDelegation } from './delegate.ts'
import { endingOf } from './ending.ts'
import { afterwards, gate, withNote } from './gate.ts'
import { callerOf, type Here, refused } from './here.ts'
import { merge } from './merge.ts'

export type CallEvents = AsyncGenerator<RunEvent, ToolResult>

export const callsIn = (messages: readonly Message[]): ToolCall[] =>
  messages.flatMap(message =>
    message.role === 'assistant' ? message.content.filter(part => part.type === 'tool-call') : [],
  )

/**
 * All calls of one reply at once; their results in the order in which the model asked. `before` is the number of
 * calls that this conversation made earlier: calls are counted through, so that each has a path of its own.
 */
export async function* callTools(
  here: Here,
  calls: readonly ToolCall[],
  before: number,
): AsyncGenerator<RunEvent, ToolResult[]> {
  const numbered = calls.map((call, index) => ({ call, path: [...here.path, before + index + 1] }))
  for (const { call, path } of numbered) yield { path, agent: here.agent.name, type: 'tool-call', call }
  return yield* merge(here.signal, signal =>
    numbered.map(({ call, path }) => answered({ ...here, signal }, call, path)),
  )
}

async function* answered(here: Here, call: ToolCall, path: Path): CallEvents {
  const result = yield* unlessInterrupted(here, call, answer(here, call, path))
  yield { path, agent: here.agent.name, type: 'tool-end', call, result }
  return result
}

/** Whatever it was that the user cut off, the tool or the question before it: the call ends as interrupted. */
async function* unlessInterrupted({ signal }: Here, call: ToolCall, events: CallEvents): CallEvents {
  try {
    return yield* events
  } catch (error) {
    // A missing recording is the run's failure, not news for the model.
    if (error instanceof Failure || !signal.aborted) throw error
    return refused(call, 'interrupted', canceled)
  }
}

const canceled = 'The tool call was canceled by the user.'

async function* answer(here: Here, call: ToolCall, path: Path): CallEvents {
  if (call.invalid !== undefined)
    return refused(call, 'invalid-input', 'The arguments are not a JSON object. Call the tool again with valid JSON.')
  const tool = here.toolbox.tools.find(tool => tool.name === call.name)
  if (!tool && !isDelegation(here.agent, call)) {
    return refused(
      call,
      'unknown-tool',
      `Tool '${call.name}' is not available. You can only use the tools provided to you.`,
    )
  }
  const passed = yield* gate(here, {
    call,
    path,
    readOnly: tool?.readOnly ?? !tool,
    ...(tool?.origin !== undefined && { origin: tool.origin }),
  })
  if (passed.refusal !== undefined) return refused(call, 'denied', passed.refusal)
  yield { path, agent: here.agent.name, type: 'tool-start', call: passed.call }
  const result = yield* made(here, passed.call, path, tool)
  const isCutOff = tool !== undefined && result.error === 'interrupted'
  const told = isCutOff ? result : yield* afterwards(here, { call: passed.call, result, path })
  return withNote(told, passed.note)
}

async function* made(here: Here, call: ToolCall, path: Path, tool: Tool | Conductor | undefined): CallEvents {
  if (here.agent.background && isBackground(call)) return await inTheBackground(here, call, path)
  if (tool && 'conduct' in tool)
    return yield* (await import('./conduct.ts')).conducted(here, { tool, call, path }, answered)
  if (tool && !here.liveOutput) return await execute(here, tool, call)
  if (tool) {
    const { told } = await import('./live-output.ts')
    return yield* told({ path, agent: here.agent.name, call }, report => execute(here, tool, call, report))
  }
  return call.name === 'handoff' ? handoff(here, call) : yield* delegate(here, call, path)
}

async function execute(here: Here, tool: Tool, call: ToolCall, report?: ToolContext['report']): Promise<ToolResult> {
  const { border, workspace, fetch, signal, watched } = here
  signal.throwIfAborted()
  const ask = { caller: callerOf(here), name: call.name, input: call.input }
  const context = { signal, workspace, fetch, ...(report && { report }) }
  const work = () => attempt(() => tool.execute(call.input, context), here)
  const answer = await border.perform('tool', ask, () => (tool.isOpaque && watched ? watched(work) : work()))
  return { callId: call.id, name: call.name, ...answer }
}

/**
 * What a tool could not do is an answer too, and recorded as one; a call that was cut off has none, unless it was the user who
 * did that, and there is something that the model should know when he goes on.
 */
const attempt = async (
  work: () => Promise<ToolAnswer['content']>,
  { signal, runSignal }: Pick<Here, 'signal' | 'runSignal'>,
): Promise<ToolAnswer> => {
  try {
    const content = await work()
    return { content: content.length > 0 ? content : [{ type: 'text', text: '(no output)' }] }
  } catch (error) {
    if (error instanceof CutOff && runSignal.aborted && endingOf(runSignal) === 'cancelled') {
      return { content: [{ type: 'text', text: `${canceled}\n${error.message}` }], error: 'interrupted' }
    }
    if (signal.aborted || error instanceof Failure) throw error
    const text =
      error instanceof ToolFailure
        ? error.message
        : `Error calling tool: ${error instanceof Error ? error.message : String(error)}`
    return { content: [{ type: 'text', text }], error: 'failed' }
  }
}
