import { ToolFailure } from '../../runtime/core/tool.ts'

export type Edit = { readonly oldText: string; readonly newText: string }

/** A text with all edits made, one after the other; a ToolFailure, and no text, when one of them cannot be made. */
export const edited = (text: string, edits: readonly Edit[]): string =>
  edits.reduce((text, edit, index) => replaced(text, edit, `Edit ${index + 1} failed`), text)

const replaced = (text: string, edit: Edit, failed: string): string => {
  if (edit.oldText === '') throw new ToolFailure(`${failed}: old text is empty. To rewrite a file, use write_file.`)
  if (edit.oldText === edit.newText) throw new ToolFailure(`${failed}: old text and new text are the same.`)
  const { oldText, newText } = fitting(text, edit)
  const places = placesOf(text, oldText)
  const [place] = places
  if (place === undefined) throw new ToolFailure(`${failed}: old text not found. ${hintFor(text, oldText)}`)
  if (places.length > 1) {
    const lines = places.slice(0, mostPlaces).map(place => lineAt(text, place))
    const more = places.length > mostPlaces ? ' and more' : ''
    throw new ToolFailure(
      `${failed}: old text occurs more than once (lines ${lines.join(', ')}${more}). ` +
        'Add lines around it, so that it says which one is meant.',
    )
  }
  return text.slice(0, place) + newText + text.slice(place + oldText.length)
}

/** Models write plain line ends; in a file with Windows ones that is what they mean. */
const fitting = (text: string, edit: Edit): Edit => {
  if (text.includes(edit.oldText) || !text.includes('\r\n')) return edit
  const withReturns = (lines: string) => lines.replace(/\r?\n/g, '\r\n')
  return { oldText: withReturns(edit.oldText), newText: withReturns(edit.newText) }
}

/** Places of an ambiguous text that are told; one letter may stand in a file a million times. */
const mostPlaces = 10

const placesOf = (text: string, part: string): number[] => {
  const places: number[] = []
  for (let at = text.indexOf(part); at >= 0 && places.length <= mostPlaces; at = text.indexOf(part, at + 1)) {
    places.push(at)
  }
  return places
}

const lineAt = (text: string, place: number): number => text.slice(0, place).split('\n').length

/** Where the text stands but for white space: the usual mistake. */
const hintFor = (text: string, part: string): string => {
  const wanted = bare(part.split('\n'))
  const lines = text.split('\n')
  const first = bare(lines).findIndex((_, index, all) => wanted.every((line, offset) => all[index + offset] === line))
  if (first < 0) return 'Read the file again: it must be exactly as it stands there.'
  return `From line ${first + 1} on it differs only in white space; copy it exactly:\n${lines
    .slice(first, first + wanted.length)
    .join('\n')}`
}

const bare = (lines: readonly string[]): string[] => lines.map(line => line.replace(/\s+/g, ''))
