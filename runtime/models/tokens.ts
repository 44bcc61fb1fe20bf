/**
 * How many tokens a text is, by OpenAI's newest encoding: others count a few per cent otherwise. The tokenizer is a few
 * megabytes, and loaded when it is first asked.
 */
export const countTokens = async (text: string): Promise<number> => {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base')
  const count = (piece: string): number => countTokens(piece, { disallowedSpecial: new Set() })
  return piecesOf(text).reduce((sum, piece) => sum + count(piece), 0)
}

/** The tokenizer takes the square of a word's length: minutes for a picture in base64, or what a server sends to harm. */
const longWord = /(\S{256,})/
const part = /[\s\S]{1,128}/g

const piecesOf = (text: string): string[] =>
  text.split(longWord).flatMap((piece, index) => (index % 2 === 1 ? (piece.match(part) ?? []) : [piece]))
