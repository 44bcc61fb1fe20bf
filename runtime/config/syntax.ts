import type { Mistake, Problem, Span } from './diagnose.ts'
import { nearest } from './near.ts'

/** What a mistake in YAML means, and the text as it may have been meant, with all else in its place. */
export type Explained = { readonly problem: Problem; readonly mended?: string; readonly isTab: boolean }

/** Puts a parser's complaint into words that name the mistake rather than its consequence. */
export const explained = (reason: string, position: number, text: string): Explained => {
  const at = Math.min(position, text.length)
  const found = explanations.find(one => one.of.test(reason) && (one.when?.(text, at) ?? true)) ?? other(reason)
  const span = found.span?.(text, at) ?? { start: at, end: at + 1 }
  const replacement = found.mend?.(text, span)
  return {
    problem: { ...span, ...found.mistake },
    isTab: found === tabs,
    ...(replacement !== undefined && {
      mended: text.slice(0, span.start) + replacement.padEnd(span.end - span.start) + text.slice(span.end),
    }),
  }
}

type Explanation = {
  /** The parser's words. */
  readonly of: RegExp
  /** Whether the text at the place is what this row is about. */
  readonly when?: (text: string, at: number) => boolean
  /** The place of the mistake, where the parser met it later. */
  readonly span?: (text: string, at: number) => Span
  readonly mistake: Mistake
  /** What may have been meant in place of the span: no longer than it. */
  readonly mend?: (text: string, span: Span) => string
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
const lineEnd = (text: string, at: number): number => {
  const end = text.slice(at).search(/\r|\n/)
  return end < 0 ? text.length : at + end
}
const upToLineEnd = (text: string, start: number): Span => ({ start, end: lineEnd(text, start) })

/** The words of the line at a place. */
const lineAt = (text: string, at: number): Span => {
  const start = lineStart(text, at)
  return { start: start + (/^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0), end: lineEnd(text, at) }
}

/** The nearest line above, without what is empty or a comment; a place of no length where there is none. */
const lineAbove = (text: string, at: number): Span => {
  const start = lineStart(text, at)
  if (start === 0) return { start: 0, end: 0 }
  const above = lineAt(text, start - 1)
  return above.start === above.end || text[above.start] === '#' ? lineAbove(text, above.start) : above
}

const wordsOf = (text: string, { start, end }: Span): string => text.slice(start, end)

const tabs: Explanation = {
  of: /tab characters/,
  span: (text, at) => {
    const start = lineStart(text, at)
    const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? ''
    return { start: start + indent.indexOf('\t'), end: start + indent.length }
  },
  mistake: { what: 'A line begins with a tab, and YAML takes only spaces there.' },
  mend: () => '',
}

const isKeyAt = (text: string, at: number): boolean => /^[ \t-]*[\w-]+$/.test(text.slice(lineStart(text, at), at))
const lacksSpace = (text: string, line: Span): boolean => /^[^\s#:"']+:[^\s/]/.test(wordsOf(text, line))

const explanations: readonly Explanation[] = [
  tabs,
  {
    of: /valid JSON character|non-printable/,
    mistake: {
      what: 'A control character stands here, and YAML takes none.',
      hint: 'In double quotes it can be written as \\e, or \\x and two digits.',
    },
  },
  { of: /maxDepth/, mistake: { what: 'This is nested more than a hundred levels deep.' } },
  {
    of: /end of the stream|bad indentation|implicit mapping pair|simple key|multiline key/,
    when: (text, at) => lacksSpace(text, lineAbove(text, at)),
    span: lineAbove,
    mistake: { what: 'A key needs a colon and a space behind it.', hint: 'Write "key: value".' },
    // Read on as if the line were a comment.
    mend: () => '#',
  },
  {
    of: /bad indentation/,
    when: (text, at) => /^:\s/.test(text.slice(at, at + 2)) && !isKeyAt(text, at),
    mistake: {
      what: 'A text with a colon and a space in it needs quotes.',
      hint: 'Put the whole text in quotes, or write it below its key, behind a |.',
    },
    mend: () => '_',
  },
  {
    of: /bad indentation|expected the node content|end of the stream/,
    when: (text, at) => /^[%@`]/.test(text.slice(at)),
    mistake: { what: 'A text that begins with this sign needs quotes.' },
    mend: () => '_',
  },
  {
    of: /bad indentation/,
    when: (text, at) => /["'\]}][ \t]*$/.test(text.slice(lineStart(text, at), at)),
    span: upToLineEnd,
    mistake: {
      what: 'Something stands behind the end of a quoted text or a list.',
      hint: 'Put the whole text in quotes, the other kind than those in it.',
    },
    mend: () => '',
  },
  {
    of: /name of an (alias|anchor) node/,
    span: (_, at) => ({ start: at - 1, end: at }),
    mistake: { what: 'A text that begins with this sign needs quotes.' },
    mend: () => '_',
  },
  {
    of: /multiline key|expected ':' after/,
    span: (text, at) => (text[at] === ':' ? lineAbove(text, at) : lineAt(text, at)),
    mistake: {
      what: 'This line has no colon, and so no key.',
      hint: 'If it goes on with the text above, indent it more.',
    },
    mend: () => '#',
  },
  {
    of: /unknown escape/,
    span: (_, at) => ({ start: at - 1, end: at + 1 }),
    mistake: { what: 'This backslash means nothing in double quotes.', hint: 'Write it twice, or take single quotes.' },
    mend: () => '__',
  },
  {
    of: /line break is expected/,
    span: upToLineEnd,
    mistake: { what: 'A text behind | or > begins in the next line.' },
    mend: () => '',
  },
  {
    of: /deficient indentation|unexpected end of the (stream|document)|missed comma|flow/,
    span: (text, at) => openedAbove(text, at) ?? { start: at, end: at + 1 },
    mistake: { what: 'A quote or bracket that is opened here is not closed.' },
  },
  {
    of: /bad indentation/,
    span: lineAt,
    mistake: {
      what: 'This line is indented differently from those it belongs to.',
      hint: 'Keys of one mapping begin in the same column; so do the items of a list.',
    },
  },
]

/** The nearest quote or bracket that its line does not close, in this line or those above. */
const openedAbove = (text: string, at: number): Span | undefined => {
  const here = openedIn(text, { start: lineStart(text, at), end: at })
  const line = lineAbove(text, at)
  return here ?? (line.end === 0 ? undefined : (openedIn(text, line) ?? openedAbove(text, line.start)))
}

const closing: Readonly<Record<string, string>> = { '"': '"', "'": "'", '[': ']', '{': '}' }

const openedIn = (text: string, line: Span): Span | undefined => {
  const words = wordsOf(text, line)
  const open: { at: number; end: string }[] = []
  for (let at = 0; at < words.length; at++) {
    const letter = words.charAt(at)
    const last = open.at(-1)
    const isQuoted = last !== undefined && /["']/.test(last.end)
    const begins = !isQuoted && letter in closing && /[\s[{,:-]/.test(words[at - 1] ?? ' ')
    if (letter === last?.end) open.pop()
    else if (begins) open.push({ at, end: closing[letter] ?? '' })
  }
  const last = open.at(-1)
  return last && { start: line.start + last.at, end: line.start + last.at + 1 }
}

const other = (reason: string): Explanation => ({ of: /./, mistake: { what: `This is not YAML: ${reason}.` } })

export const emptyFile: Problem = {
  start: 0,
  end: 0,
  what: 'The file is empty.',
  expected: '"agents:" with at least one agent',
}

/** A file that was never text, or text in another encoding, as far as the letters that replace what was not UTF-8 tell. */
export const notText = (text: string): Problem | undefined => {
  const start = text.search(/[\0\uFFFD]/)
  if (start < 0) return undefined
  const isText = !text.includes('\0')
  return {
    start,
    end: start + 1,
    what: isText ? 'The file is not UTF-8: this letter cannot be read.' : 'This is no text file, or one in UTF-16.',
    hint: 'Save it as UTF-8.',
  }
}

/** `place` is somewhere in the second document. */
export const severalDocuments = (text: string, place: number): Problem => {
  const mark = text.lastIndexOf('\n---', place) + 1
  return {
    ...(mark > 0 ? { start: mark, end: mark + 3 } : { start: place, end: place + 1 }),
    what: 'A second document begins here, and an agent file is one document.',
    hint: 'Remove the line, or put what follows into a file of its own.',
  }
}

/** `open` if the alias stands inside what it names, `later` if its anchor comes further down. */
export const wrongAlias = (
  name: string,
  { open, later, known }: { open: boolean; later: boolean; known: readonly string[] },
): Mistake => {
  if (open) return { what: `The anchor &${name} holds itself.` }
  if (later) return { what: `The anchor &${name} is used before it is defined.`, hint: 'Move its definition up.' }
  const near = nearest(name, known)
  if (near !== undefined) return { what: `There is no anchor &${name}.`, near: `*${near}` }
  return { what: `There is no anchor &${name}.`, hint: 'A text that begins with * needs quotes.' }
}

export const unknownTag = (tag: string): Mistake => ({
  what: `The tag ${tag} is not known.`,
  hint: 'A text that begins with ! needs quotes.',
})

export const complexKey: Mistake = { what: 'A key must be text.', hint: 'A text that begins with { or [ needs quotes.' }

export const wrongMerge: Mistake = {
  what: 'The key << takes a mapping, or a list of mappings.',
  hint: 'For example <<: *defaults.',
}

export const duplicate = (key: string, text: string, first: number): Mistake => ({
  what: `The key "${key}" is here twice; the first is in line ${text.slice(0, first).split('\n').length}.`,
})
