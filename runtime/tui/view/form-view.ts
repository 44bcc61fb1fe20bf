import type { Form } from '../../core/form.ts'
import type { Field } from '../../core/form-fields.ts'
import { widthOf } from '../../core/width.ts'
import { type Drawn, drawn } from '../input/editor.ts'
import { current, type Entry, entryText, type Filling, rowsOf } from '../state/form.ts'
import { oneLine } from './calls.ts'
import { cut, fitted, harmless, type Line, type Row } from './line.ts'

/** The question in the scrollback: who asks what, and the address of a page whole, so that it can be copied. */
export const formRows = ({ from, title, message, url }: Form): Row[] => {
  const about = title === undefined ? '' : ` about ${oneLine(harmless(title))}`
  const head: Row = {
    spans: [
      { text: '? ', color: 'warning', bold: true },
      { text: oneLine(harmless(from)), bold: true },
      { text: ` asks${about}` },
    ],
  }
  const said = harmless(message.trimEnd()).split('\n')
  const page: Row[] =
    url === undefined
      ? []
      : [
          { spans: [{ text: '  Open this address:' }] },
          { spans: [{ text: harmless(url), underline: true }], hard: true },
        ]
  return [
    { spans: [] },
    head,
    ...said.map(line => ({ spans: [{ text: `  ${line}` }], hang: [{ text: '  ' }] })),
    ...page,
  ]
}

/** The field that is being filled in, below what was filled in before it, in at most `most` rows. */
export const formDrawn = (filling: Filling, width: number, most: number): Drawn => {
  const { field, entry } = current(filling)
  const head = headLines(filling, width)
  const foot: Line[] = [
    ...(filling.problem === '' ? [] : [cut([{ text: `  ${filling.problem}`, color: 'failure' }], width)]),
    ...(most < 5 ? [] : [cut([{ text: keysText(filling), dim: true }], width)]),
  ]
  const room = Math.max(1, most - foot.length - 1)
  const body =
    field.kind === 'text' ? drawn(entry.editor, width, Math.min(room, 6)) : choicesDrawn(field, entry, width, room)
  const shown = head.slice(-Math.max(1, most - foot.length - body.rows.length))
  return {
    rows: [...shown, ...body.rows, ...foot].slice(0, Math.max(most, 1)),
    cursor: { x: body.cursor.x, y: shown.length + body.cursor.y },
  }
}

/** What was filled in, a line a field; then the name of this one, after what it means. */
const headLines = (filling: Filling, width: number): Line[] => {
  const { fields, entries, at } = filling
  const { field } = current(filling)
  const done = fields.slice(0, at).map((field, index): Line => {
    const entry = entries[index]
    return cut([{ text: `  ${plain(field.title)}: ${entry ? plain(entryText(field, entry)) : ''}`, dim: true }], width)
  })
  const meaning =
    field.description === ''
      ? []
      : fitted({ spans: [{ text: `  ${plain(field.description)}`, dim: true }], hang: [{ text: '  ' }] }, width)
  const many = fields.length > 1 ? ` (${at + 1} of ${fields.length})` : ''
  const title: Line = [
    { text: plain(field.title), bold: true, color: 'warning' },
    { text: `${field.isNeeded || fields.length === 1 ? '' : ', if you like'}${many}`, dim: true },
  ]
  return [...done, ...meaning.slice(0, 3), cut(title, width)]
}

const plain = (text: string): string => oneLine(harmless(text))

/** The choices around the cursor, with a mark where there are more. */
const choicesDrawn = (field: Field, entry: Entry, width: number, room: number): Drawn => {
  const rows = rowsOf(field)
  const first = Math.max(0, Math.min(entry.at - Math.floor(room / 2), rows.length - room))
  const shown = rows.slice(first, first + room)
  const lines = shown.map(({ title }, index): Line => {
    const place = first + index
    const isHere = place === entry.at
    const box = field.kind === 'one' ? '' : entry.picked.includes(place) ? '[x] ' : '[ ] '
    const more = (index === 0 && first > 0) || (index === room - 1 && first + room < rows.length) ? ' …' : ''
    const text = `${isHere ? '› ' : '  '}${box}${plain(title)}${more}`
    return cut([{ text, bold: isHere, ...(isHere && { color: 'accent' as const }) }], width)
  })
  return { rows: lines, cursor: { x: Math.min(width - 1, widthOf('› ')), y: entry.at - first } }
}

/** What matters most stands first: a narrow screen cuts the rest. */
const keysText = ({ fields, at }: Filling): string => {
  const kind = fields[at]?.kind
  return `  ${[
    at < fields.length - 1 ? 'Enter goes on' : 'Enter answers',
    'Esc declines',
    ...(kind === 'text' ? [] : ['↑ ↓ choose']),
    ...(kind === 'several' ? ['Space takes'] : []),
    ...(fields.length > 1 ? ['Tab and Shift+Tab move'] : []),
  ].join(' · ')}`
}
