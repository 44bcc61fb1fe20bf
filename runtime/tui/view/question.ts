import type { Drawn } from '../input/editor.ts'
import type { Asked, Reply } from '../state/questions.ts'
import { cut, type Line, widthOf } from './line.ts'

/** The question that waits for an answer, with the keys that answer it; `waiting` are more of them. */
export const questionRows = (question: Asked, waiting: number, width: number): Drawn => {
  const { call } = question
  const more = waiting > 0 ? ` (${waiting} more waiting)` : ''
  const title: Line = [
    { text: 'Run ', bold: true, color: 'warning' },
    { text: `${call.name}?${more}`, bold: true, color: 'warning' },
  ]
  const rows = [cut(title, width), ...keysLines(question, width)]
  return { rows, cursor: { x: Math.min(width, widthOf(`Run ${call.name}? `)), y: 0 } }
}

/** What stands before a reply that is being typed. */
export const replyLeads: Readonly<Record<Reply, string>> = {
  reason: 'Why not? ',
  session: 'Allow until the end: ',
  project: 'Allow in this project: ',
  arguments: 'Run it with: ',
}

const choicesFor = ({ rules }: Asked): readonly string[] => [
  'y once',
  ...(rules.length > 0 ? ['s for the session', 'p in this project'] : []),
  ...['a all', 'e edit', 'n no', 'r no, with a reason'],
]

/** The answers side by side, in as many lines as it takes. */
const keysLines = (question: Asked, width: number): Line[] => {
  const lines: string[] = ['']
  for (const choice of choicesFor(question)) {
    const last = lines.at(-1) ?? ''
    if (widthOf(last) + widthOf(choice) + 4 <= width)
      lines.splice(-1, 1, last === '' ? `  ${choice}` : `${last}  ${choice}`)
    else lines.push(`  ${choice}`)
  }
  return lines.map(text => cut([{ text }], width))
}
