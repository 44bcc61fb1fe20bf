import { widthOf } from '../../core/width.ts'
import { type Style, visible, wrapped } from './layout.ts'
import { countsOf, isFailure, type Verdict, type Verified } from './verdict.ts'

const marks: Readonly<Record<Verdict, keyof Style>> = {
  PASS: 'added',
  SKIPPED: 'faint',
  DRIFT: 'warning',
  STALE: 'warning',
  UNUSED: 'warning',
  BROKEN: 'removed',
  MISS: 'removed',
}

/** A line for each cassette, below it why it did not pass, and the sum. */
export const verdictTable = (
  all: readonly Verified[],
  { style, width }: { readonly style: Style; readonly width: number },
): string => {
  const column = Math.max(0, ...all.map(({ path }) => widthOf(path)))
  const lines = all.flatMap(({ path, verdict, why, interactions }) => [
    `${style[marks[verdict]](verdict.padEnd(7))} ${visible(path)}${' '.repeat(column - widthOf(path))}  ${style.faint(plural(interactions, 'interaction'))}`,
    ...(why === '' ? [] : wrapped(why, width - 8).map(line => `        ${line}`)),
  ])
  return [...lines, '', `${sumOf(all)}.`, ''].join('\n')
}

const sumOf = (all: readonly Verified[]): string =>
  [
    plural(all.length, 'cassette'),
    ...Object.entries(countsOf(all)).map(([verdict, count]) => `${count} ${verdict.toLowerCase()}`),
  ].join(', ')

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** What test runners write, for whoever collects that: a failure is what decides over the exit code. */
export const junitXml = (all: readonly Verified[], strict: boolean): string => {
  const failures = all.filter(one => isFailure(one, strict))
  const broken = failures.filter(({ verdict }) => verdict === 'BROKEN').length
  const skipped = all.filter(({ verdict }) => verdict === 'SKIPPED').length
  const seconds = all.reduce((sum, one) => sum + one.seconds, 0)
  const counts = `tests="${all.length}" failures="${failures.length - broken}" errors="${broken}" skipped="${skipped}" time="${seconds.toFixed(3)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="reprise cassette verify" ${counts}>`,
    ...all.map(one => testcase(one, strict)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const testcase = (one: Verified, strict: boolean): string => {
  const { path, verdict, why, seconds } = one
  const head = `    <testcase classname="cassettes" name="${inXml(path)}" file="${inXml(path)}" time="${seconds.toFixed(3)}"`
  const [first = ''] = why.split('\n')
  const told = `type="${verdict}" message="${inXml(first)}">${inXml(why)}`
  if (verdict === 'PASS') return `${head}/>`
  if (verdict === 'SKIPPED') return `${head}><skipped message="${inXml(first)}"/></testcase>`
  if (!isFailure(one, strict)) return `${head}><system-out>${inXml(`${verdict}: ${why}`)}</system-out></testcase>`
  return verdict === 'BROKEN'
    ? `${head}><error ${told}</error></testcase>`
    : `${head}><failure ${told}</failure></testcase>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

/** Most control characters are no XML, however they are written. */
const inXml = (text: string): string => visible(text).replace(/[&<>"\n]/g, letter => entities[letter] ?? letter)

/** Lines that GitHub shows beside the file: errors for what fails, warnings for the rest that did not pass. */
export const githubLines = (all: readonly Verified[], strict: boolean): string =>
  all
    .filter(({ verdict }) => verdict !== 'PASS' && verdict !== 'SKIPPED')
    .map(one => {
      const level = isFailure(one, strict) ? 'error' : 'warning'
      const title = `Cassette: ${one.verdict}`
      return `::${level} file=${inProperty(one.path)},line=1,title=${inProperty(title)}::${inMessage(one.why)}\n`
    })
    .join('')

const inMessage = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const inProperty = (text: string): string => inMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
