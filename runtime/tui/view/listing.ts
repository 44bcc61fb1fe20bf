import { widthOf } from '../../core/width.ts'
import type { Listing } from '../state/state.ts'
import { harmless, type Row } from './line.ts'

/** Between the columns, and before the names. */
const gap = 2
/** No name is given more of the room than this. */
const mostShare = 0.4

/** Names with what they mean beside them; below them where a name is too long for its column. */
export const listRows = ({ title, rows }: Listing, room: number): Row[] => {
  const most = Math.floor(room * mostShare)
  const column = Math.max(0, ...rows.map(([name]) => widthOf(name)).filter(width => width <= most)) + 2 * gap
  return [
    ...(title === '' ? [] : [{ spans: [] }, { spans: [{ text: title, bold: true, color: 'heading' as const }] }]),
    ...rows.flatMap(([name, meaning]) => pairRows(harmless(name), harmless(meaning), column)),
  ]
}

const pairRows = (name: string, meaning: string, column: number): Row[] => {
  const lead = `${' '.repeat(gap)}${name}`
  const hang = [{ text: ' '.repeat(column) }]
  const rest = column - widthOf(lead)
  const lines = meaning.split('\n').map((text): Row => ({ spans: [...hang, { text }], hang }))
  if (meaning === '') return [{ spans: [{ text: lead, color: 'accent' }] }]
  if (rest < gap) return [{ spans: [{ text: lead, color: 'accent' }] }, ...lines]
  const [first = '', ...more] = meaning.split('\n')
  return [
    { spans: [{ text: lead, color: 'accent' }, { text: ' '.repeat(rest) }, { text: first }], hang },
    ...lines.slice(1, more.length + 1),
  ]
}
