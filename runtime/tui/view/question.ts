import { widthOf } from '../../core/width.ts'
import type { Drawn } from '../input/editor.ts'
import type { Asked, Reply } from '../state/questions.ts'
import { cut, type Line, lineWidth } from './line.ts'

/** The question that waits for an answer, with the keys that answer it. */
export type Posed = {
  readonly question: Asked
  /** Whose call it is, where that is not whoever is spoken to. */
  readonly agent: string | undefined
  /** How many more questions wait. */
  readonly waiting: number
  /** How many lines it takes to tell what would happen, where not all of them are seen. */
  readonly hidden: number | undefined
}

export const questionRows = ({ question, agent, waiting, hidden }: Posed, width: number): Drawn => {
  const asked = `Run ${question.call.name}${agent === undefined ? '' : ` for ${agent}`}?`
  const more = waiting > 0 ? ` (${waiting} more waiting)` : ''
  const title: Line = [
    { text: `${asked}${more}`, bold: true, color: 'warning' },
    ...(hidden === undefined ? [] : [{ text: ` all ${hidden} lines of it stand above`, dim: true }]),
  ]
  return {
    rows: [cut(title, width), ...keysLines(question, width)],
    cursor: { x: Math.min(width - 1, widthOf(`${asked} `)), y: 0 },
  }
}

/** What stands before a reply that is being typed. */
export const replyLeads: Readonly<Record<Reply, string>> = {
  reason: 'Why not? ',
  session: 'Allow until the end: ',
  project: 'Allow in this project: ',
  arguments: 'Run it with: ',
}

/** What stands below it. */
export const replyHints: Readonly<Record<Reply, string>> = {
  reason: 'Enter says no · Esc goes back',
  session: 'Enter allows this and all that is like it · Esc goes back',
  project: 'Enter allows this and all that is like it · Esc goes back',
  arguments: 'Enter runs it so · Alt+Enter a new line · Esc goes back',
}

type Choice = readonly [key: string, meaning: string]

const choicesFor = ({ rules }: Asked): readonly Choice[] => [
  ['y', 'once'],
  ...(rules.length > 0
    ? ([
        ['s', 'for the session'],
        ['p', 'in this project'],
      ] as const)
    : []),
  ...([
    ['a', 'all (yolo)'],
    ['e', 'edit'],
    ['n', 'no'],
    ['r', 'no, with a reason'],
  ] as const),
]

/** The answers side by side, in as many lines as it takes. */
const keysLines = (question: Asked, width: number): Line[] => {
  const lines: Line[] = [[]]
  for (const [key, meaning] of choicesFor(question)) {
    const choice: Line = [{ text: '  ' }, { text: key, bold: true, color: 'accent' }, { text: ` ${meaning}` }]
    const last = lines.at(-1) ?? []
    if (lineWidth(last) + lineWidth(choice) <= width) lines.splice(-1, 1, [...last, ...choice])
    else lines.push(choice)
  }
  return lines.map(line => cut(line, width))
}
