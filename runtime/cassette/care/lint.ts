import type { Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import type { Entry, OpenCassette } from '../file/file.ts'
import { itemLines, type Lines } from '../file/item-lines.ts'
import { comparedOf, isKeyOf, type Protocols } from '../match/request.ts'
import { protocolsOf } from '../match/slim-body.ts'
import { isEdited } from '../play/played.ts'
import type { Redactor } from '../redact/redact.ts'
import { foundInCassette } from './check-places.ts'
import { callsMadeLive } from './lint-tools.ts'

/** What is wrong with a cassette. Only a `note` is no reason to fail; lines are counted from 1. */
export type LintFinding = {
  readonly rule:
    | 'unreadable'
    | 'secret'
    | 'unplayable'
    | 'torn'
    | 'unreachable'
    | 'live-tools'
    | 'oversize'
    | 'key'
    | 'edited'
  readonly level: 'error' | 'warning' | 'note'
  readonly line: number
  readonly id?: number
  readonly text: string
}

export type LintFacts = {
  /** The file, as it is. */
  readonly text: string
  readonly protocols: Protocols
  /** Without places. */
  readonly redactor: Redactor
  /** What a replay of it came to: the first thing it missed, or what it left unused. Absent where there is nothing to run. */
  readonly played?: { readonly missed?: string; readonly unused: readonly Entry[] }
}

/** Everything that is worth a word, in the order of the file. */
export const lintFindings = (cassette: OpenCassette, facts: LintFacts): LintFinding[] => {
  const lines = facts.text.split('\n')
  const places = itemLines(lines)
  const lineOf = (id: number): number => (places.get(id)?.from ?? 0) + 1
  const loaded = loadedAll(cassette, lineOf)
  const broken = loaded.filter(one => 'rule' in one)
  const interactions = loaded.filter(one => !('rule' in one)) as Interaction[]
  const findings: LintFinding[] = [
    ...broken,
    ...(broken.length > 0 ? [] : secretsIn(cassette, facts)),
    ...aboutTheFile(cassette, facts),
    ...fewerKeys(interactions.flatMap(one => aboutOne(one, cassette, { ...facts, lineOf }))),
    ...callsMadeLive(cassette, interactions, facts.protocols).map(({ id, text }) => ({
      ...warning('live-tools', lineOf(id), text),
      id,
    })),
    ...oversized(places, lines),
  ]
  return findings.sort((one, other) => one.line - other.line)
}

/** After so many edits it was another version that made the keys, and that is worth one word. */
const mostKeys = 5

const fewerKeys = (findings: readonly LintFinding[]): readonly LintFinding[] => {
  const [first, ...more] = findings.filter(({ rule }) => rule === 'key')
  if (!first || more.length < mostKeys) return findings
  const { id: _, ...about } = first
  const text = `The keys of ${more.length + 1} interactions do not fit their requests: another version made them. They play all the same.`
  return [...findings.filter(({ rule }) => rule !== 'key'), { ...about, text }]
}

const warning = (rule: LintFinding['rule'], line: number, text: string): LintFinding => ({
  rule,
  level: 'warning',
  line,
  text,
})

const loadedAll = (cassette: OpenCassette, lineOf: (id: number) => number): (Interaction | LintFinding)[] =>
  cassette.entries.map(({ id }) => {
    try {
      return cassette.load(id)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return { rule: 'unreadable', level: 'error', line: lineOf(id), id, text: error.message }
    }
  })

const secretsIn = (cassette: OpenCassette, { text, redactor }: LintFacts): LintFinding[] =>
  foundInCassette(cassette, text, redactor).map(({ line, what, id }) => ({
    rule: 'secret',
    level: 'error',
    line,
    ...(id !== undefined && { id }),
    text: `There is a credential (${what}).`,
  }))

/** A file larger than this is a burden to git and to reviewers. */
const largestFile = 10_000_000
const largestItem = 1_000_000

const aboutTheFile = ({ note, modelTrafficOnly, header }: OpenCassette, { text, played }: LintFacts): LintFinding[] => [
  ...(note === undefined ? [] : [warning('torn', text.split('\n').length, note)]),
  ...(modelTrafficOnly
    ? [warning('live-tools', 1, 'It holds model calls only: in a replay, tools run for real.')]
    : []),
  ...(text.length > largestFile
    ? [
        warning(
          'oversize',
          1,
          `The file has ${megabytes(text.length)}.${header.slim ? '' : ' reprise cassette slim makes it small.'}`,
        ),
      ]
    : []),
  ...(played?.missed === undefined
    ? []
    : [{ rule: 'unplayable', level: 'error', line: 1, text: `It does not play alone: ${played.missed}` } as const]),
]

const aboutOne = (
  interaction: Interaction,
  { header }: OpenCassette,
  { protocols, played, lineOf }: LintFacts & { readonly lineOf: (id: number) => number },
): LintFinding[] => {
  const { id, key, request } = interaction
  const ways = protocolsOf(header, protocols)
  const isUnused = played?.missed === undefined && played?.unused.some(entry => entry.id === id)
  const fits = key === undefined || isKeyOf(key, comparedOf(request, ways))
  const note = (rule: 'key' | 'edited', text: string) => ({ rule, level: 'note', line: lineOf(id), id, text }) as const
  return [
    ...(isUnused
      ? [{ ...warning('unreachable', lineOf(id), `No run asks for ${request.method} ${request.url}.`), id }]
      : []),
    ...(fits
      ? []
      : [
          note(
            'key',
            'Its key does not fit its request: it was edited, or is of another version. It plays all the same.',
          ),
        ]),
    ...(isEdited(interaction, ways)
      ? [note('edited', 'What stands under "said" was edited, and is what is played.')]
      : []),
  ]
}

const oversized = (places: ReadonlyMap<number, Lines>, lines: readonly string[]): LintFinding[] =>
  [...places].flatMap(([id, { from, to }]) => {
    const size = lines.slice(from, to).reduce((sum, line) => sum + line.length + 1, 0)
    return size > largestItem ? [{ ...warning('oversize', from + 1, `It has ${megabytes(size)}.`), id }] : []
  })

const megabytes = (size: number): string => `${(size / 1_000_000).toFixed(1)} MB`
