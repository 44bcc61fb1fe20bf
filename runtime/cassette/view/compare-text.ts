import type { Change, Comparison } from './compare.ts'
import { clippedTo, count, dollars, padStart, thousands, visible, wrapped } from './layout.ts'
import { type Line, lineChanges } from './lines.ts'
import type { Page } from './show.ts'
import { promptTokens, type Spent } from './spent.ts'

/** What two runs differ in, place by place, with the lines that changed, and at the end what both took. */
export const comparisonText = (comparison: Comparison, names: readonly [string, string], page: Page): string => {
  const { changes, spent, alike } = comparison
  const { style } = page
  if (alike)
    return `Alike: ${count(spent.after.modelCalls, 'model call')}, ${count(spent.after.toolCalls, 'tool call')}.\n`
  const title =
    changes.length === 0 ? 'Said and called alike, and spent otherwise.' : `${count(changes.length, 'difference')}.`
  return [
    style.removed(`--- ${visible(names[0])}`),
    style.added(`+++ ${visible(names[1])}`),
    title,
    ...changes.flatMap((change, index) => changeLines(change, changes[index - 1], page)),
    '',
    ...spentLines(spent, page),
    '',
  ].join('\n')
}

const changeLines = (change: Change, earlier: Change | undefined, page: Page): string[] => {
  const { place, what, of, before, after } = change
  const { style } = page
  const first = earlier === undefined ? style.warning('  ◀ here they part') : ''
  const head = place === earlier?.place && first === '' ? [] : ['', `${style.strong(visible(place))}${first}`]
  return [
    ...head,
    `  ${style.name(titleOf(what, of))}${style.faint(` · ${idsText(before?.id, after?.id)}`)}`,
    ...shortened(lineChanges(before?.text ?? '', after?.text ?? '').flatMap(line => lineText(line, page))),
  ]
}

/** So many lines of one change are shown: a list of tools that is wholly another says nothing line by line. */
const mostLines = 40

const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= mostLines
    ? lines
    : [...lines.slice(0, mostLines), `    … ${count(lines.length - mostLines, 'more line')} (--json has all)`]

const titles: Readonly<Record<Change['what'], string>> = {
  message: 'the message',
  instruction: 'the instruction',
  tools: 'the tools',
  parameters: 'the parameters',
  model: 'the model',
  thought: 'thought',
  said: 'said',
  called: 'called',
  answered: 'answered',
  problem: 'the problem',
  turn: 'a whole turn',
}

const titleOf = (what: Change['what'], of: string | undefined): string =>
  of === undefined ? titles[what] : `${titles[what]}: ${clippedTo(of, 40)}`

const idsText = (before: number | undefined, after: number | undefined): string => {
  if (before === undefined) return `new, interaction ${after}`
  if (after === undefined) return `gone, was interaction ${before}`
  return before === after ? `interaction ${after}` : `interaction ${after}, was ${before}`
}

const lineText = (line: Line, { style, width }: Page): string[] => {
  if (line.sign === '…') return [style.faint(`    … ${count(line.skipped, 'equal line')}`)]
  const mark = { '-': style.removed, '+': style.added, ' ': style.faint }[line.sign]
  return wrapped(line.text, width - 6).map((text, index) =>
    mark(`    ${index === 0 ? line.sign : ' '} ${text}`.trimEnd()),
  )
}

const rows: readonly (readonly [string, (spent: Spent) => number, (amount: number) => string])[] = [
  ['model calls', ({ modelCalls }) => modelCalls, thousands],
  ['tool calls', ({ toolCalls }) => toolCalls, thousands],
  ['tokens in', ({ usage }) => promptTokens(usage), thousands],
  ['tokens out', ({ usage }) => usage.output, thousands],
  ['cost', ({ cost }) => cost, dollars],
]

const spentLines = ({ before, after }: Comparison['spent'], { style }: Page): string[] => [
  style.faint(`${'spent'.padEnd(14)}${padStart('before', 12)}${padStart('after', 12)}`),
  ...rows.map(([name, amountIn, text]) => {
    const was = amountIn(before)
    const is = amountIn(after)
    const change = is === was ? '' : `  ${is > was ? '+' : '-'}${text(Math.abs(is - was))}`
    return `${name.padEnd(14)}${padStart(text(was), 12)}${padStart(text(is), 12)}${style.faint(change)}`
  }),
]
