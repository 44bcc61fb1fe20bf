/**
 * What a text may look like in the dialect of cassettes. Writer and reader ask the same questions here: what the writer
 * would not write as it stands, the reader leaves to a general YAML parser.
 */

/**
 * Characters that are escaped, and the quotes that this takes: controls, line ends that some parsers know and others do
 * not, halves of surrogate pairs, and marks that make a reviewer see another order of letters than a machine.
 */
const unseen = String.raw`[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\p{Surrogate}]`

/** Made when a text has other letters than these: a pattern of all of Unicode takes a while. */
const hasUnseen = (text: string): boolean => !/^[\n\t -~]*$/.test(text) && new RegExp(unseen, 'u').test(text)

/** Words that one version of YAML or another takes for something else than text. */
const reserved = /^(?:null|true|false|yes|no|on|off|y|n)$/i

const plain = /^[\p{L}_/($][^\n\t]*$/u
const notPlain = /: | #|[: ]$/

/** Whether a text can stand without quotes, in any version of YAML. */
export const isPlain = (text: string): boolean =>
  plain.test(text) && !notPlain.test(text) && !hasUnseen(text) && !reserved.test(text)

const plainKey = /^[A-Za-z_$][\w$./~-]*$/

/** Whether a key can stand without quotes. */
export const isPlainKey = (key: string): boolean => key.length < 1000 && plainKey.test(key) && !reserved.test(key)

/** Whether the lines of a text can stand as they are. Blanks at their ends would not survive many an editor. */
export const isLiteral = (text: string): boolean =>
  !hasUnseen(text) && !/[ \t](?:\n|$)/.test(text) && /[^\n]/.test(text)

/** Whether a text of one line can stand between single quotes. */
export const isSingle = (text: string): boolean => !/[\n\t]/.test(text) && !hasUnseen(text)

/** JSON that is YAML as well: between double quotes, with all that is unseen escaped. */
export const quoted = (text: string): string => {
  const json = JSON.stringify(text)
  return hasUnseen(json) ? json.replace(new RegExp(unseen, 'gu'), escaped) : json
}

const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A number that YAML 1.1 and 1.2 read alike: an exponent wants a point before it, and minus zero is no integer. */
export const numberText = (value: number): string => {
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text
}

export const numberLike = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/
