/**
 * How many tokens a text is, by OpenAI's newest encoding: others count a few per cent otherwise. The tokenizer is a few
 * megabytes, and loaded when it is first asked.
 */
export const countTokens = async (text: string): Promise<number> => {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base')
  return countTokens(text, { disallowedSpecial: new Set() })
}
