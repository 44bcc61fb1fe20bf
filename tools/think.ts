import type { Toolset } from '../runtime/core/tool.ts'
import { defineTool, text } from './define.ts'

const instructions = `# Thinking

Use \`think\` before you act on anything that is not obvious: list the rules that apply, check that you know all you
need, and look at what a plan could break. It changes nothing and nobody else reads it.`

/** A place for a model to think aloud; its thoughts so far come back, so that they stay in sight. */
export const thinkToolset = (): Toolset => {
  const thoughts: string[] = []
  return {
    name: 'think',
    instructions,
    open: async () => [
      defineTool({
        name: 'think',
        description:
          'Write down a thought. It gets no new information and changes nothing; all thoughts so far come back.',
        parameters: { thought: text('The thought') },
        readOnly: true,
        execute: ({ thought }) => {
          thoughts.push(thought)
          return `Thoughts:\n${thoughts.join('\n')}`
        },
      }),
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }
}
