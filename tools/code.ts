import type { Json, JsonObject } from '../runtime/core/json.ts'
import { type Conductor, type InnerResult, type Tool, ToolFailure } from '../runtime/core/tool.ts'
import { functionDoc, isPlain } from './code/functions.ts'
import type { End } from './code/messages.ts'
import { runScript } from './code/script.ts'

export const codeToolName = 'run_tools_with_javascript'

const description = `Run JavaScript that calls tools. Use it for several calls at once, to decide by their results, and to keep what is long out of your sight: only what the script returns comes back to you.

- The tools below are functions. A call waits for its result: no await is needed. It gives the text of the result (parse it where it is JSON), and throws a ToolError where the call failed or was refused.
- \`return\` a string in the end. What console.log prints comes back, too.
- There is no network, no file system and no import here: only the language and these functions.

`

/** Calls that one script may make. */
const mostCalls = 500
/** Characters of a result that a failed script tells of its calls. */
const mostTold = 500

type Made = { readonly name: string; readonly arguments: JsonObject; readonly result?: string; readonly error?: string }

/**
 * One tool that runs JavaScript in which all these tools are functions, in cagent's words. Calls that a script makes go the
 * way of any call: hooks, permission, the person, the border.
 */
export const codeTool = (tools: readonly Tool[]): Conductor => ({
  name: codeToolName,
  description: description + tools.map(functionDoc).join('\n\n'),
  parameters: {
    type: 'object',
    properties: { script: { type: 'string', description: 'The body of a function that returns a string' } },
    required: ['script'],
    additionalProperties: false,
  },
  readOnly: true,
  tools,
  async *conduct(input, { signal, now, seed }) {
    const { script } = input
    if (typeof script !== 'string') throw new ToolFailure('The parameter script is missing.')
    const made: Made[] = []
    const functions = tools.map(({ name }) => ({ name, isPlain: isPlain(name) }))
    const running = runScript({ script, functions, seed: hash(seed) }, { signal, now })
    try {
      let step = await running.next()
      while (!step.done) {
        const call = step.value
        const answer: InnerResult = made.length < mostCalls ? yield call : tooMany
        made.push({
          name: call.name,
          arguments: call.input,
          ...(answer.isError ? { error: answer.text } : { result: answer.text }),
        })
        step = await running.next(answer)
      }
      return toldOf(step.value, made)
    } finally {
      await running.return(undefined as never)
    }
  },
})

const tooMany: InnerResult = { text: `A script may make ${mostCalls} calls, and no more.`, isError: true }

const toldOf = ({ value, problem, stdout, stderr }: End, made: readonly Made[]) => {
  const calls = made.map(call =>
    call.result === undefined ? call : { ...call, result: call.result.slice(0, mostTold) },
  )
  const told: Json = {
    value: value ?? problem ?? '',
    stdout,
    stderr,
    ...(problem !== undefined && { tool_calls: calls }),
  }
  return { text: JSON.stringify(told), isError: problem !== undefined }
}

/** A number of 32 bits that a text always comes to (FNV-1a). */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return value >>> 0
}
