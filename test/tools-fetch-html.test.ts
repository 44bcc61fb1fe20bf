import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markdownOf, plainTextOf } from '../tools/fetch/render.ts'

const base = 'https://example.com/docs/page'
const markdown = (html: string): Promise<string> => markdownOf(html, base)

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
  [
    'code in a language',
    '<div class="highlight"><pre><code class="hl language-js"><span>let</span> snake_case = a*b*c</code></pre></div>',
    '```js\nlet snake_case = a*b*c\n```',
    'let snake_case = a*b*c',
  ],
  ['code with ticks', '<pre>a ``` b</pre>', '````\na ``` b\n````', 'a ``` b'],
  ['quotations', '<blockquote><p>a</p><p>b</p></blockquote>', '> a\n>\n> b', 'a\n\nb'],
  [
    'tables',
    '<table><tr><th>A<th>B|<tr><td>1<td>2 <b>3</b></table>',
    '| A | B\\| |\n| --- | --- |\n| 1 | 2 **3** |',
    'A\tB|\n1\t2 3',
  ],
  [
    'tables that only place things',
    '<table><tr><td><h2>Menu</h2><ul><li>a</ul><td><table><tr><td>1<td>2</table></table>',
    '## Menu\n\n- a\n\n| 1 | 2 |\n| --- | --- |',
    'Menu\n\n- a\n\n1\t2',
  ],
  ['numbered lists', '<ol start="3"><li>a<li><p>b</p><p>c</p></ol>', '3. a\n4. b\n   c', '3. a\n4. b\n   c'],
  ['breaks and rules', 'a<br>b<hr>c', 'a\nb\n\n---\n\nc', 'a\nb\n\nc'],
  [
    'what is no text',
    '<head><title>T</title><style>p{}</style></head><script>if (a < b) "</p>"</script><!-- c --><svg><text>s</text></svg>ok<template>t</template>',
    'ok',
    'ok',
  ],
  [
    'entities',
    '&lt;b&gt; &amp;amp; &#233;&#xe9; &hellip; &rarr;&nbsp;&Ouml;&shy; &unknown; &#0; AT&T',
    '<b> &amp; éé … → Ö &unknown; � AT&T',
    '<b> &amp; éé … → Ö &unknown; � AT&T',
  ],
  ['a link around a heading', '<a href="/x"><h2>T</h2></a>', '## T', 'T'],
  ['what is broken', '<p>a <b>b<p>c</b> < d <e f="', 'a **b**\n\n**c**\n\n< d <e f="', 'a b\n\nc\n\n< d <e f="'],
  ['nothing', '', '', ''],
]

test.each(pages)('a page with %s is readable', async (_, html, expected, text) => {
  expect(await markdown(html)).toBe(expected)
  expect(await plainTextOf(html)).toBe(text)
})

test('any text is read, and plain words come back', async () => {
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
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async pieces => {
      expect(typeof (await markdown(pieces.join('')))).toBe('string')
    }),
    { numRuns: 500 },
  )
  const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 }).map(words => words.join(' '))
  await fc.assert(
    fc.asyncProperty(words, async text => {
      expect(await markdown(`<div><p>${text}</div>`)).toBe(text)
    }),
  )
})

test.each([
  '<div>',
  '<a ',
  '<a href="',
  '<li>',
  '<!--',
  '<table><tr><td>',
  '<script>',
  '&',
  '<b>x',
  '<p>',
  '<ul>',
  '<b><p>x',
  '<a href=x>y',
  '&nbsp;',
  ' <i>',
  '<td> ',
  '<blockquote>x\n',
])('a megabyte of %s takes no more than its length', async piece => {
  expect((await markdown(piece.repeat(Math.floor(1_000_000 / piece.length)))).length).toBeLessThan(10_000_000)
})
