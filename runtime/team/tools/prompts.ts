import type { Border, Caller, ToolAnswer } from '../../core/border.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ContentPart, UserMessage } from '../../core/message.ts'
import { ToolFailure } from '../../core/tool.ts'
import type { Agent, Prompt } from '../../loop/agent.ts'

export type PromptWorld = {
  readonly agent: Agent
  readonly caller: Caller
  readonly border: Border
  readonly signal: AbortSignal
  readonly notice: (text: string) => void
}

/**
 * `/name gap=words` as the prompt of that name says it, where a server of the agent has one; gaps may also be filled in
 * their order, without names. It crosses the border as a tool of the name `prompt:name`. Anything else is said as it is.
 */
export const promptText = async (
  content: readonly ContentPart[],
  world: PromptWorld,
): Promise<Pick<UserMessage, 'content' | 'prompt'>> => {
  const [first, ...rest] = content
  const [, name, words = ''] = (first?.type === 'text' && /^\/([\w-]+)(?:\s+([\s\S]*))?$/.exec(first.text)) || []
  if (name === undefined) return { content }
  try {
    const said = await saidBy(name, words, { ...world, content })
    return said ? { content: [...said, ...rest], prompt: name } : { content }
  } catch (error) {
    // The run that follows tells that it was cancelled.
    if (world.signal.aborted) return { content }
    throw error
  }
}

const saidBy = async (
  name: string,
  words: string,
  { agent, caller, border, signal, notice, content }: PromptWorld & { readonly content: readonly ContentPart[] },
): Promise<readonly ContentPart[] | undefined> => {
  const { prompts = [] } = await agent.toolbox(caller, signal)
  const prompt = prompts.find(prompt => prompt.name === name)
  if (!prompt) return undefined
  await border.perform('message', { caller, content, name: 'command' }, async () => null)
  const input = gapsIn(words, prompt)
  const ask = { caller, name: `prompt:${name}`, input }
  const answer = await border.perform('tool', ask, () => answerOf(prompt, input, signal))
  if (answer.error === undefined) return answer.content
  notice(`/${name}: ${answer.content.map(part => (part.type === 'text' ? part.text : '')).join('')}`)
  return undefined
}

const answerOf = async (prompt: Prompt, input: JsonObject, signal: AbortSignal): Promise<ToolAnswer> => {
  try {
    return { content: await prompt.say(input, signal) }
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    return { content: [{ type: 'text', text: error.message }], error: 'failed' }
  }
}

/** `city=Rome state="a b"`, or `Rome "a b"`; what is left over belongs to the last gap. */
const gapsIn = (words: string, { arguments: gaps }: Prompt): JsonObject => {
  const given: Record<string, string> = {}
  const unnamed: string[] = []
  for (const [, name, quoted, bare] of words.matchAll(/(?:([\w-]+)=)?(?:"([^"]*)"|(\S+))/g)) {
    const value = quoted ?? bare ?? ''
    if (name !== undefined && gaps.some(gap => gap.name === name)) given[name] = value
    else unnamed.push(name === undefined ? value : `${name}=${value}`)
  }
  const free = gaps.map(({ name }) => name).filter(name => given[name] === undefined)
  for (const [index, name] of free.entries()) {
    const value = index === free.length - 1 ? unnamed.slice(index).join(' ') : unnamed[index]
    if (value) given[name] = value
  }
  return given
}
