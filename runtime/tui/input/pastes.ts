import type { ContentPart } from '../../core/message.ts'

/** A file that goes along, where its name stands in the text. */
export type Enclosed = { readonly name: string; readonly part: ContentPart }
export type Pasted = string | Enclosed

/** A long paste, and a file that goes along, is one character of the text, of a plane of Unicode that nobody writes in. */
const firstPaste = 0x10f000
export const pasteMark = /[\u{10f000}-\u{10fffd}]/gu

/** The mark of the next paste. */
export const nextMark = (pastes: readonly Pasted[]): string => String.fromCodePoint(firstPaste + pastes.length)

/** What a mark stands for. */
export const pastedAs = (pastes: readonly Pasted[], mark: string): Pasted | undefined =>
  pastes[(mark.codePointAt(0) ?? 0) - firstPaste]

type Typed = { readonly text: string; readonly pastes: readonly Pasted[] }

/** What is sent: the text with its pastes in full, and the names of the files that go along. */
export const typed = ({ text, pastes }: Typed): string =>
  text.replace(pasteMark, mark => {
    const pasted = pastedAs(pastes, mark) ?? ''
    return typeof pasted === 'string' ? pasted : `[${pasted.name}]`
  })

/** The files that go along with what is typed, as they stand in it. */
export const enclosedIn = ({ text, pastes }: Typed): readonly ContentPart[] =>
  [...text.matchAll(pasteMark)].flatMap(([mark]) => {
    const pasted = pastedAs(pastes, mark)
    return pasted === undefined || typeof pasted === 'string' ? [] : [pasted.part]
  })

/** What stands on the screen for a paste. */
export const pasteName = (text: Pasted): string => {
  if (typeof text !== 'string') return `[${text.name}]`
  const lines = text.split('\n').length
  return lines > 1 ? `[pasted ${lines} lines]` : `[pasted ${text.length} characters]`
}

/** What was typed as it may be shown after it was sent: long pastes stay folded. */
export const shown = ({ text, pastes }: Typed): string =>
  text.replace(pasteMark, mark => pasteName(pastedAs(pastes, mark) ?? ''))
