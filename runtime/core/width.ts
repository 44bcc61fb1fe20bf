/** How wide letters are on a terminal: here, and nowhere else. */

/** Made when the first letter is met that is not narrow: Unicode's tables take milliseconds to look up, and few runs need them. */
const patterns = () => ({
  /** Two columns each, by Unicode's table of East Asian widths; what stands between and is not assigned counts with them. */
  wide: /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u3247\u3250-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|(?!\p{Regional_Indicator})\p{Emoji_Presentation}/u,
  /** What stands above or below another letter, and what is not seen. */
  nothing: /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Surrogate}]/u,
  /** Several signs that are drawn as one picture: flags, keys, families. */
  picture: /^\p{RGI_Emoji}$|\p{Extended_Pictographic}.*\u200d.*\p{Extended_Pictographic}|^[\d#*]\ufe0f?\u20e3$/v,
})
let made: ReturnType<typeof patterns> | undefined

/** Vowels and ends of Korean syllables, which stand in the square that their beginning has. */
const joined = /[\u1160-\u11ff\ud7b0-\ud7fb]/

/** Longer ones are no pictures, but made to be looked at for long. */
const longestPicture = 50

/** Most texts hold nothing else: a column each. */
const narrow = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u257f]*$/

let segmenter: Intl.Segmenter | undefined

/** What a reader takes for one character each. */
export const graphemes = (text: string): string[] => {
  if (narrow.test(text)) return text.split('')
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** How many columns of a terminal the text takes. */
export const widthOf = (text: string): number =>
  narrow.test(text) ? text.length : graphemes(text).reduce((sum, one) => sum + columnsOf(one), 0)

/** How many columns of a terminal it takes: none, one or two. */
export const columnsOf = (grapheme: string): number => {
  made ??= patterns()
  const { wide, nothing, picture } = made
  if (grapheme.length > 1 && grapheme.length < longestPicture && picture.test(grapheme)) return 2
  let columns = 0
  for (const letter of grapheme) {
    if (nothing.test(letter) || (columns > 0 && joined.test(letter))) continue
    columns += wide.test(letter) ? 2 : 1
  }
  return columns
}
