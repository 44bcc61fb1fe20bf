import type { Path, RunEvent } from '../core/event.ts'
import { type ToolCall, type ToolResult, textOf } from '../core/message.ts'
import { type Conductor, type InnerCall, type InnerResult, ToolFailure } from '../core/tool.ts'
import { type Here, refused } from './here.ts'

type Conducted = { readonly tool: Conductor; readonly call: ToolCall; readonly path: Path }
type Answered = (here: Here, call: ToolCall, path: Path) => AsyncGenerator<RunEvent, ToolResult>

/**
 * A call that makes calls. Each of them is a call like any other, below this one and in a lane of its own: `answered` takes
 * it past hooks, rules and the person, and over the border.
 */
export async function* conducted(
  here: Here,
  { tool, call, path }: Conducted,
  answered: Answered,
): AsyncGenerator<RunEvent, ToolResult> {
  const { agent, signal } = here
  const lane = `${here.lane}/${call.name}:${path.at(-1)}/${agent.name}`
  const inside = { ...here, lane, toolbox: { ...here.toolbox, tools: tool.tools } }
  const now = async () =>
    Number(await here.border.perform('fact', { name: `time:${lane}` }, async () => String(await here.fact('time'))))
  const conductor = tool.conduct(call.input, { signal, now, seed: lane })
  try {
    let step = await conductor.next()
    for (let number = 1; !step.done; number++) {
      const result = yield* inner(inside, step.value, { call, path: [...path, number], number })
      step = await conductor.next(result)
    }
    const { text, isError } = step.value
    if (isError) return refused(call, 'failed', text)
    return { callId: call.id, name: call.name, content: [{ type: 'text', text }] }
  } catch (error) {
    if (error instanceof ToolFailure) return refused(call, 'failed', error.message)
    throw error
  } finally {
    await conductor.return({ text: '' })
  }

  async function* inner(
    here: Here,
    { name, input }: InnerCall,
    { call, path, number }: { call: ToolCall; path: Path; number: number },
  ): AsyncGenerator<RunEvent, InnerResult> {
    const made: ToolCall = { type: 'tool-call', id: `${call.id}:${number}`, name, input }
    yield { path, agent: agent.name, type: 'tool-call', call: made }
    const { content, error } = yield* answered(here, made, path)
    const files = content.flatMap(part => (part.type === 'file' ? [`[${part.name ?? part.mediaType}]`] : []))
    return { text: [textOf(content), ...files].filter(text => text !== '').join('\n'), ...(error && { isError: true }) }
  }
}
