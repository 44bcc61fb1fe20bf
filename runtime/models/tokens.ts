export type Encoding = 'o200k_base' | 'cl100k_base'

/** Which tables count the tokens of a model, and whether they are its own. */
export type Counting = { readonly encoding: Encoding; readonly isExact: boolean }

/** By the last segment of the model's name, as OpenAI's own tiktoken has them, read 2026-11. */
const exact: readonly (readonly [RegExp, Encoding])[] = [
  [/^(gpt-4o|chatgpt-4o|gpt-4\.[1-9]|gpt-5|gpt-oss|o[1-9]|codex)/, 'o200k_base'],
  [/^gpt-(4|3\.5)/, 'cl100k_base'],
]

/** Others do not tell how they count: these tables come near. */
export const countingOf = (model: string): Counting => {
  const name = model.split('/').at(-1)?.toLowerCase() ?? ''
  const encoding = exact.find(([pattern]) => pattern.test(name))?.[1]
  return { encoding: encoding ?? 'o200k_base', isExact: encoding !== undefined }
}

/** How many tokens a text is. The tables are a few megabytes, and loaded when they are first asked. */
export const countTokens = async (text: string, encoding: Encoding = 'o200k_base'): Promise<number> => {
  if (text === '') return 0
  const { countTokens } = await tables[encoding]()
  const count = (piece: string): number => countTokens(piece, { disallowedSpecial: new Set() })
  return piecesOf(text).reduce((sum, piece) => sum + count(piece), 0)
}

const tables = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
}

/** The tokenizer takes the square of a word's length: minutes for a picture in base64, or what a server sends to harm. */
const longWord = /(\S{256,})/
const part = /[\s\S]{1,128}/g

const piecesOf = (text: string): string[] =>
  text.split(longWord).flatMap((piece, index) => (index % 2 === 1 ? (piece.match(part) ?? []) : [piece]))
