import type { Toolset } from '../runtime/core/tool.ts'
import { defineTool, text } from './define.ts'

export type ThinkConfig = {
  /** Whether all thoughts so far come back, as in cagent, whose recordings hold them. */
  readonly repeats?: boolean
}

const instructions = `# Thinking

Use \`think\` before you act on anything that is not obvious: list the rules that apply, check that you know all you
need, and look at what a plan could break. It changes nothing and nobody else reads it.`

/**
 * A place for a model to think aloud. What it thought stands in the call and so stays in sight: to give it back each time,
 * with all that was thought before, would cost more with every thought.
 */
export const thinkToolset = ({ repeats = false }: ThinkConfig = {}): Toolset => {
  const thoughts: string[] = []
  return {
    name: 'think',
    instructions,
    open: async () => [
      defineTool({
        name: 'think',
        description: 'Write down a thought. It gets no new information and changes nothing.',
        parameters: { thought: text('The thought') },
        readOnly: true,
        execute: ({ thought }) => {
          if (!repeats) return 'Noted.'
          thoughts.push(thought)
          return `Thoughts:\n${thoughts.join('\n')}`
        },
      }),
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }
}
