import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { markdown } from '../runtime/cassette/report/markdown.ts'
import { reportPage } from '../runtime/cassette/report/report.ts'
import { transcriptOf } from '../runtime/cassette/view/transcript.ts'
import type { Interaction } from '../runtime/core/cassette.ts'
import { cassetteAt, reading } from '../runtime/team/tapes/reading.ts'
import { chromium, openTab, type Tab } from './support/chromium.ts'
import { reprise } from './support/cli.ts'
import { conversation, modelCall, said, toolCall } from './support/interactions.ts'
import { recordedAt, teamRun } from './support/team-run.ts'
import { temporaryFolder } from './support/temp.ts'

const pageOf = async (path: string): Promise<string> => {
  const tools = await reading()
  return reportPage(await transcriptOf(cassetteAt(path), tools), tools)
}

/** A report of these interactions, as text. */
const report = async (interactions: readonly Interaction[]): Promise<string> => {
  await using folder = await temporaryFolder()
  return await pageOf(await recordedAt(join(folder.path, 'run.yaml'), interactions))
}

/** Words that would do harm as HTML, script, style, address or attribute. */
const hostile = [
  '</script><script>window.owned=1</script>',
  '"><img src=x onerror=window.owned=1>',
  '<svg onload=window.owned=1>',
  '[click](javascript:window.owned=1)',
  '![x](https://evil.example/x.png)',
  '<!--<script>',
  '</pre></details></textarea></style><h1>',
  '${alert(1)} `</script>` \u2028 \ud800',
].join('\n\n')

const hostileRun = (): Interaction[] => [
  said(1, hostile),
  { ...modelCall(2, { model: hostile, messages: [{ role: 'system', content: hostile }] }, hostile), agent: hostile },
  toolCall(3, `tool${hostile}`, { cmd: hostile, [hostile]: 1 }, hostile),
  {
    ...toolCall(4, 'look', {}, ''),
    response: {
      status: 200,
      body: [
        {
          type: 'file',
          mediaType: 'image/svg+xml"><script>window.owned=1</script>',
          data: '"><script>window.owned=1</script>',
        },
      ],
    },
  },
  {
    ...modelCall(5, { model: 'm', messages: [] }, ''),
    response: { status: 500, body: hostile, headers: { [hostile]: hostile } },
  },
]

test('the page is one file that names no address to load from', async () => {
  const page = await report(teamRun())
  expect(page).not.toMatch(/\b(?:src|href)="(?!#|data:image\/)/)
  expect(page).not.toMatch(/@import|url\(|<link|<iframe|<base/)
  expect(page).toContain('default-src &#39;none&#39;')
})

test('the command writes it where it is told, and says so', async () => {
  await using folder = await temporaryFolder()
  const path = await recordedAt(join(folder.path, 'run.yaml'), teamRun())
  const { code, stderr } = await reprise(['cassette', 'report', 'run', '-o', 'page.html'], { cwd: folder.path })
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Written: page.html\n' })
  const page = await readFile(join(folder.path, 'page.html'), 'utf8')
  expect(page).toBe(await pageOf(path))
  expect((await reprise(['cassette', 'report', 'run', '-o', '-'], { cwd: folder.path })).stdout).toBe(page)
  expect((await reprise(['cassette', 'report', 'run', '-o', 'no/such/folder'], { cwd: folder.path })).code).toBe(2)
})

test('everything that was said, called, returned and spent is on it', async () => {
  const page = await report(teamRun())
  for (const text of [
    'Why is the sea salty?',
    'rivers bring salt',
    'Two tasks.',
    '<strong>rivers</strong>',
    '$0.0022',
    'agents/sea.yaml',
  ]) {
    expect(page).toContain(text)
  }
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8, 9]) expect(page.split(`id="i${id}"`)).toHaveLength(2)
})

test('no text of a recording ends the element that holds it', async () => {
  const page = await report(hostileRun())
  expect(page.match(/<script/g)).toHaveLength(2)
  expect(page.match(/<\/script/g)).toHaveLength(2)
  expect(page).not.toMatch(/<(?:svg|img)[^>]*\son\w+=/)
  expect(page).not.toContain('href="javascript:')
})

test('the size of a page follows what was said, not its square', async () => {
  const text = 'What was said in this turn takes about a hundred letters, and it is another one in each of the turns. '
  const page = async (turns: number) =>
    (await report(conversation(turns, (turn, part) => `${part} ${turn}: ${text}`))).length
  const [some, more] = [await page(20), await page(80)]
  expect(more / some).toBeLessThan(5)
})

test('Markdown of models is drawn: lists in lists, tables, code, emphasis', () => {
  const text =
    '# T\n\n1. one\n   - in **it**\n2. two\n\n| a | b |\n|--|--|\n| `x` | y |\n\n```js\n<b>\n```\n\n> q\n\nsnake_case and 2*3*4'
  expect(markdown(text).html.replaceAll('\n', '')).toBe(
    '<h4>T</h4><ol><li><p>one</p><ul><li>in <strong>it</strong></li></ul></li><li>two</li></ol>' +
      '<div class="wide"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x</code></td><td>y</td></tr></tbody></table></div>' +
      '<pre><code data-language="js">&lt;b&gt;</code></pre><blockquote><p>q</p></blockquote><p>snake_case and 2*3*4</p>',
  )
})

test('a link goes to the web or nowhere, and a picture is a link', () => {
  expect(markdown('[a](https://x.example/?b="2")').html).toContain('href="https://x.example/?b=&quot;2&quot;" rel')
  expect(markdown('[a](https://x.example/?a=1&b=2)').html).toContain(
    'href="https://x.example/?a=1&amp;b=2" rel="noopener noreferrer"',
  )
  expect(markdown('[a](javascript:alert(1)) [b](data:text/html,x) [c](file:///etc)').html).not.toContain('href')
  expect(markdown('![a](https://x.example/p.png)').html).toContain('<a href="https://x.example/p.png"')
})

const pieces = fc.constantFrom(
  '<',
  '>',
  '"',
  "'",
  '&',
  '`',
  '*',
  '_',
  '[',
  '](',
  ')',
  '\n',
  '# ',
  '- ',
  '> ',
  '|',
  '1. ',
  'a',
  ' ',
  'https://x.y',
  '~~',
  '\\',
  '<script>',
  '```',
)

test('whatever a text is made of, only tags of our own come of it', () => {
  const ours =
    /<(?:\/?(?:p|h[456]|ul|ol|li|pre|code|blockquote|hr|strong|em|s|br|div|table|thead|tbody|tr|th|td|a))(?: (?:class="wide"|start="\d+"|data-language="[^"<>]*"|href="(?:https?|mailto):[^"<>]*"|rel="noopener noreferrer"|target="_blank"))*>/g
  void fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), parts => {
      const page = markdown(parts.join('')).html
      expect(page.replaceAll(ours, '')).not.toMatch(/[<>]/)
    }),
    { numRuns: 5000 },
  )
})

const withoutBrowser = chromium === undefined

/** The report in a browser, which is gone when the work is done. */
const inBrowser = async (interactions: readonly Interaction[], work: (tab: Tab) => Promise<void>, fragment = '') => {
  await using folder = await temporaryFolder()
  const path = await recordedAt(join(folder.path, 'run.yaml'), interactions)
  await writeFile(join(folder.path, 'run.html'), await pageOf(path))
  await using tab = await openTab(join(folder.path, 'run.html'), fragment)
  await work(tab)
  expect({ asked: tab.asked, complaints: tab.complaints }).toEqual({ asked: [], complaints: [] })
}

const settled = 'new Promise(done => requestAnimationFrame(() => setTimeout(done)))'

test.skipIf(withoutBrowser)('a person goes through it by keys (needs Chromium)', () =>
  inBrowser(teamRun(), async tab => {
    const current = () => tab.value('document.querySelector(".current")?.id')
    await tab.press('j')
    expect(await current()).toBe('i1')
    await tab.press('j')
    await tab.press('j')
    expect(await current()).toBe('i3')
    await tab.press('k')
    expect(await current()).toBe('i2')
    await tab.press('G')
    expect(await current()).toBe('i9')
    await tab.press('o')
    await tab.value(settled)
    expect(await tab.value('document.querySelector("#i9 pre[data-request]").textContent')).toBe(
      JSON.stringify(teamRun()[8]!.request.body, null, 2),
    )
    expect(await tab.value('document.querySelector("#i9 pre[data-response]").textContent')).toContain('data: [DONE]')
    await tab.press('?')
    expect(await tab.value('document.getElementById("help").open')).toBe(true)
  }),
)

test.skipIf(withoutBrowser)('a search leaves what holds the words, and where it stands (needs Chromium)', () =>
  inBrowser(teamRun(), async tab => {
    await tab.press('/')
    for (const letter of 'sun takes') await tab.press(letter)
    const shown =
      'JSON.stringify([...document.querySelectorAll("main .item")].filter(item => !item.hidden).map(item => item.id))'
    expect(JSON.parse(String(await tab.value(shown)))).toEqual(['i3', 'i4', 'i6'])
    await tab.press('Escape')
    expect(JSON.parse(String(await tab.value(shown)))).toHaveLength(9)
  }),
)

test.skipIf(withoutBrowser)('an address with a number opens the page there (needs Chromium)', () =>
  inBrowser(
    teamRun(),
    async tab => {
      expect(await tab.value('document.querySelector(".current").id')).toBe('i6')
    },
    '#i6',
  ),
)

test.skipIf(withoutBrowser)('it is light by day and dark by night (needs Chromium)', () =>
  inBrowser(teamRun(), async tab => {
    const brightness =
      'getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)'
    expect(await tab.value(brightness)).toBeGreaterThan(600)
    await tab.dark()
    expect(await tab.value(brightness)).toBeLessThan(200)
  }),
)

test.skipIf(withoutBrowser)('what a recording holds is shown and never run (needs Chromium)', () =>
  inBrowser(hostileRun(), async tab => {
    await tab.value('for (const one of document.querySelectorAll("details")) one.open = true')
    await tab.value(settled)
    expect(await tab.value('window.owned')).toBeUndefined()
    expect(await tab.value('document.querySelectorAll("script, iframe, img, h1").length')).toBe(3)
    expect(await tab.value('document.querySelector("#i3 pre[data-response]").textContent')).toBe(
      hostile.replace('\ud800', '\ufffd'),
    )
  }),
)

test.skipIf(withoutBrowser)('a conversation of hundreds of turns can be gone through (needs Chromium)', () =>
  inBrowser(
    conversation(100, (turn, part) => `${part} ${turn}`),
    async tab => {
      await tab.press('G')
      await tab.press('o')
      await tab.value(settled)
      const request = JSON.parse(
        String(await tab.value('document.querySelector(".current pre[data-request]").textContent')),
      )
      expect(request.messages).toHaveLength(1 + 100 * 4 - 1)
    },
  ),
)
