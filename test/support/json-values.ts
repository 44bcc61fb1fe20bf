import fc from 'fast-check'
import type { Json } from '../../runtime/core/json.ts'

/** Texts that are hard to write down: line ends of all kinds, blanks at both ends, what looks like something else. */
const pieces = [
  ...[
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '  ',
    '',
    'a',
    'word',
    'two words',
    'ü',
    '😀',
    '漢',
    '\u00a0',
    '\u0085',
    '\u2028',
  ],
  ...[
    '\u2029',
    '\ufeff',
    '\u0000',
    '\u0007',
    '\u001b',
    '\u007f',
    '\u009f',
    '\ud800',
    '\udc00',
    '\ufffe',
    '\u202e',
    '\u200b',
  ],
  ...[
    '#',
    ' #',
    ': ',
    ':',
    '- ',
    '-',
    '? ',
    '|',
    '>',
    '&a',
    '*a',
    '!',
    '%',
    '@',
    '`',
    '"',
    "'",
    '\\',
    '\\n',
    '{',
    '}',
    '[',
    ']',
  ],
  ...[
    ',',
    '---',
    '...',
    '$',
    '${home}',
    '/',
    '~',
    '<<',
    '=',
    '0',
    '1',
    '-1',
    '1e3',
    '0x1f',
    '.5',
    'null',
    'true',
    'no',
    'y',
  ],
  ...[
    '2026-01-01',
    '12:30:45',
    '1_000',
    '.inf',
    '.nan',
    '__proto__',
    'constructor',
    'json-text',
    "json-text'",
    'deep-json',
  ],
  ...['data: {"a":"b"}', 'interactions:', '  - id: 7', '    state: complete', '*said-1', '&said-1 '],
]

export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map(words => words.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...pieces), { minLength: 20, maxLength: 40 }).map(words => words.join('')),
  },
)

const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, 1e21, 1e-7, 5e-324, 2 ** 53, 1e300, -1.5e-10, 123456789012345680000),
)

/** JSON in a string, as arguments of calls are sent. */
const anyJsonText = fc.json().map(text => JSON.stringify(JSON.parse(text)))

/** Any value of JSON, with keys and texts that are hard to write. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>(tie => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyText,
    anyNumber,
    fc.constantFrom(null, true, false),
    anyJsonText,
    fc.array(tie('json'), { maxLength: 5 }),
    fc.array(fc.tuple(anyText, tie('json')), { maxLength: 5 }).map(entries => Object.fromEntries(entries)),
  ),
})).json

/** A value so many levels deep. */
export const deepJson = (levels: number, innermost: Json = 'end'): Json => {
  let value = innermost
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { below: value }
  return value
}
