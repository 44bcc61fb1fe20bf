import { ToolFailure, type Toolset } from '../runtime/core/tool.ts'
import { defineTool, text } from './define.ts'

const instructionsFor = (models: string): string => `# Models

You can speak with these models: ${models}. Take one that suits the work with \`change_model\`: a fast one for what is
simple, an able one for what is hard. Go back to your own with \`revert_model\` when that work is done.`

/** Names of the tools that change who answers; the turn after them is the first to be asked of another model. */
export const changeModel = 'change_model'
export const revertModel = 'revert_model'

/**
 * Lets a model choose among models, which are references as an agent file has them. The tools only answer: who speaks next
 * is read from the conversation, so that a replay, which runs no tool, comes to the same.
 */
export const modelPickerToolset = (models: readonly string[]): Toolset => {
  const all = models.join(', ')
  return {
    name: 'model_picker',
    instructions: instructionsFor(all),
    open: async () => [
      defineTool({
        name: changeModel,
        description: `Change your model to one of these: ${all}. It speaks from the next turn on.`,
        parameters: { model: text(`The model: one of ${all}`) },
        readOnly: true,
        execute: ({ model }) => {
          if (models.includes(model)) return `Model changed to ${model}`
          throw new ToolFailure(`model "${model}" is not in the allowed list. Available models: ${all}`)
        },
      }),
      defineTool({
        name: revertModel,
        description: 'Go back to your own model.',
        parameters: {},
        readOnly: true,
        execute: () => "Model reverted to the agent's default model",
      }),
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }
}
