import type { AgentFile } from '../config/schema.ts'
import type { RunEvent } from '../core/event.ts'
import { type ContentPart, type ToolCall, type ToolResult, textOf } from '../core/message.ts'
import { callerOf } from '../loop/here.ts'
import { type Run, run } from '../loop/run.ts'
import { callTools } from '../loop/tools.ts'
import { commandPieces, type Piece } from './commands.ts'

type Ground = Omit<Run, 'agent' | 'messages' | 'signal'> & Required<Pick<Run, 'background'>>
type Turn = Pick<Run, 'agent' | 'messages' | 'signal'>

/**
 * Makes what a command of the agent file is of what a user said; see commands.ts. Its calls go the way of any call, all at
 * once: hooks, rules, the person, the border. Their paths begin with 0, and they are counted through the conversation.
 */
export const commandsOf = ({ agents }: Pick<AgentFile, 'agents'>, ground: Ground) => {
  let made = 0
  return async function* (said: readonly ContentPart[], turn: Turn): AsyncGenerator<RunEvent, readonly ContentPart[]> {
    const { commands = {} } = agents.find(({ name }) => name === turn.agent.name) ?? {}
    const content: ContentPart[] = []
    const makesCalls = (part: ContentPart) =>
      part.type === 'text' && commandPieces(part.text, commands)?.some(piece => typeof piece !== 'string')
    if (said.some(makesCalls)) {
      const caller = callerOf({ agent: turn.agent, lane: 'root' })
      await ground.border.perform('message', { caller, content: said, name: 'command' }, async () => null)
    }
    for (const part of said) {
      const pieces = part.type === 'text' ? commandPieces(part.text, commands) : undefined
      content.push(pieces ? { type: 'text', text: yield* answered(pieces, { ...ground, ...turn }, made) } : part)
      made += (pieces ?? []).filter(piece => typeof piece !== 'string').length
    }
    return content
  }
}

async function* answered(
  pieces: readonly Piece[],
  ground: Ground & Turn,
  made: number,
): AsyncGenerator<RunEvent, string> {
  const calls = pieces
    .filter(piece => typeof piece !== 'string')
    .map((piece, index): ToolCall => ({ type: 'tool-call', id: `command-${made + index + 1}`, ...piece }))
  if (calls.length === 0) return pieces.join('')
  const { agent, signal } = ground
  const at = { path: [0], lane: 'root' }
  const toolbox = await agent.toolbox(callerOf({ agent, ...at }), signal)
  const here = {
    ...ground,
    ...at,
    run,
    runSignal: signal,
    toolbox: { ...toolbox, tools: toolbox.all ?? toolbox.tools },
  }
  const results = yield* callTools(here, calls, made)
  const texts = results.map(textFor)
  return pieces.map(piece => (typeof piece === 'string' ? piece : texts.shift())).join('')
}

const textFor = ({ name, content, error }: ToolResult): string =>
  error === undefined ? textOf(content).trim() : `Error executing '${name}': ${textOf(content).trim()}`
