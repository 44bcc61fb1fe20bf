import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markdownOf, plainTextOf } from '../tools/fetch/render.ts'

const base = 'https://example.com/docs/page'
const markdown = (html: string): string => markdownOf(html, base)

const pages: readonly [what: string, html: string, markdown: string, text: string][] = [
  ['paragraphs', '<p>One\n  line</p><p>Two</p>tail', 'One line\n\nTwo\n\ntail', 'One line\n\nTwo\n\ntail'],
  ['headings', '<h1>A</h1><h3>B <em>c</em></h3>', '# A\n\n### B *c*', 'A\n\nB c'],
  ['emphasis', 'a <b>bold</b> and<i> thin </i>word', 'a **bold** and *thin* word', 'a bold and thin word'],
  [
    'links',
    '<a href="../x?a=1&amp;b=2">up</a> <a href="#here">here</a> <a href="javascript:x()">no</a> <a href=//o.org/>o</a>',
    '[up](https://example.com/x?a=1&b=2) here no [o](https://o.org/)',
    'up here no o',
  ],
  [
    'images',
    '<img src="a.png" alt="A picture"><img src="b.png">',
    '![A picture](https://example.com/docs/a.png)',
    'A picture',
  ],
  [
    'lists',
    '<ul><li>one<li>two<ol><li>a</li><li>b</li></ol></ul>',
    '- one\n- two\n  1. a\n  2. b',
    '- one\n- two\n  1. a\n  2. b',
  ],
  [
    'code',
    '<p>Use <code>a  b</code></p><pre><code>x &lt; y\n  z\n</code></pre>',
    'Use `a b`\n\n```\nx < y\n  z\n```',
    'Use a b\n\nx < y\n  z',
  ],
  ['code with ticks', '<pre>a ``` b</pre>', '````\na ``` b\n````', 'a ``` b'],
  ['quotations', '<blockquote><p>a</p><p>b</p></blockquote>', '> a\n>\n> b', 'a\n\nb'],
  [
    'tables',
    '<table><tr><th>A<th>B|<tr><td>1<td>2 <b>3</b></table>',
    '| A | B\\| |\n| --- | --- |\n| 1 | 2 **3** |',
    'A\tB\\|\n1\t2 3',
  ],
  ['breaks and rules', 'a<br>b<hr>c', 'a\nb\n\n---\n\nc', 'a\nb\n\nc'],
  [
    'what is no text',
    '<head><title>T</title><style>p{}</style></head><script>if (a < b) "</p>"</script><!-- c --><svg><text>s</text></svg>ok<template>t</template>',
    'ok',
    'ok',
  ],
  [
    'entities',
    '&lt;b&gt; &amp;amp; &#233;&#xe9; &hellip; &unknown; &#0; AT&T',
    '<b> &amp; éé … &unknown; � AT&T',
    '<b> &amp; éé … &unknown; � AT&T',
  ],
  ['a link around a heading', '<a href="/x"><h2>T</h2></a>', '## T', 'T'],
  ['what is broken', '<p>a <b>b<p>c</b> < d <e f="', 'a\n\nb\n\nc\n\n< d <e f="', 'a\n\nb\n\nc\n\n< d <e f="'],
  ['nothing', '', '', ''],
]

test.each(pages)('a page with %s is readable', (_, html, expected, text) => {
  expect(markdown(html)).toBe(expected)
  expect(plainTextOf(html)).toBe(text)
})

test('any text is read, and plain words come back', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '</',
    '<p>',
    '</p>',
    '<li',
    '<table>',
    '<td',
    '"',
    "'",
    '=',
    '<!--',
    '-->',
    '&',
    '&#x',
    ';',
    'word',
    ' ',
    '<script>',
    '<a href="',
    '<pre>',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
      expect(typeof markdown(pieces.join(''))).toBe('string')
    }),
    { numRuns: 500 },
  )
  const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 }).map(words => words.join(' '))
  fc.assert(
    fc.property(words, text => {
      expect(markdown(`<div><p>${text}</div>`)).toBe(text)
    }),
  )
})

test.each(['<div>', '<a ', '<a href="', '<li>', '<!--', '<table><tr><td>', '<script>', '&', '<b>x', '<p>', '<ul>'])(
  'a megabyte of %s takes no more than its length',
  piece => {
    expect(markdown(piece.repeat(Math.floor(1_000_000 / piece.length))).length).toBeLessThan(10_000_000)
  },
)
