import type { ToolDefinition } from '../../core/tool.ts'
import { type Counting, countingOf, countTokens } from '../../models/tokens.ts'

/** How many tokens texts and tools are for a model; `isExact` tells of texts, and of tools nobody knows. */
export type Sizes = Counting & {
  readonly text: (text: string) => Promise<number>
  readonly tool: (tool: ToolDefinition) => Promise<number>
  /** What the numbers are worth, as a sentence. */
  readonly note: string
}

/** `model` is `provider/model`, or '' where it is not known. Nothing is loaded before something is counted. */
export const sizesFor = (model: string): Sizes => {
  const counting = countingOf(model)
  const { encoding, isExact } = counting
  return {
    ...counting,
    text: text => countTokens(text, encoding),
    // No provider tells in which words a model is told of its tools; it is sent this.
    tool: ({ name, description, parameters }) =>
      countTokens(JSON.stringify({ name, description, parameters }), encoding),
    note: isExact
      ? `Texts are counted with the tables of ${model} (${encoding}); tools are estimated, as JSON.`
      : `Estimated with OpenAI's tables (${encoding}): ${model || 'the model'} counts otherwise.`,
  }
}
