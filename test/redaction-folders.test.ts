import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import { restorerOf } from '../runtime/cassette/redact/restore.ts'
import type { Json } from '../runtime/core/json.ts'

const ann = { home: '/home/ann', workingDirectory: '/home/ann/work/shop' }
const redactor = redactorOf({ secrets: {}, ...ann })
const restorer = restorerOf(ann)

const cases: readonly (readonly [text: string, written: string])[] = [
  ['/home/ann', '${home}'],
  ['see /home/ann/notes.txt.', 'see ${home}/notes.txt.'],
  ['in /home/ann.', 'in ${home}.'],
  ['/home/ann/work/shop/src/a.ts:3:4', '${working-directory}/src/a.ts:3:4'],
  ['PATH=/home/ann/bin:/home/ann/work/shop/bin', 'PATH=${home}/bin:${working-directory}/bin'],
  ['cc -I/home/ann/include "/home/ann/a b"', 'cc -I${home}/include "${home}/a b"'],
  ['file:///home/ann/work/shop/a.html', 'file://${working-directory}/a.html'],
  ['{"path":"\\/home\\/ann\\/a"}', '{"path":"${home:slashes}\\/a"}'],
  ['?file=%2Fhome%2Fann%2Fa', '?file=${home:component}%2Fa'],
  ['?file=%2fhome%2fann%2fa', '?file=${home:component-lower}%2fa'],
  ['"one\\n/home/ann/a\\n"', '"one\\n${home}/a\\n"'],
  ['\u001b[34m/home/ann\u001b[0m', '\u001b[34m${home}\u001b[0m'],
  [
    '/home/anna /home/ann2 /home/ann_b /home/ann-c /home/ann.old /srv/home/ann ./home/ann /home/annö',
    '/home/anna /home/ann2 /home/ann_b /home/ann-c /home/ann.old /srv/home/ann ./home/ann /home/annö',
  ],
  ['file:///home/ann%20b', 'file:///home/ann%20b'],
  [
    'const home = `${home}/x`; cd ${working-directory}',
    'const home = `${literal:home}/x`; cd ${literal:working-directory}',
  ],
  [
    '${literal:home} ${home:uri} ${home:0-3} ${homes} $home',
    '${literal:literal:home} ${literal:home:uri} ${literal:home:0-3} ${homes} $home',
  ],
]

test('the home folder and the working directory are placeholders, at the borders of paths only', () => {
  for (const [text, written] of cases) {
    expect(redactor.text(text)).toBe(written)
    expect(redactor.json({ [text]: [text] })).toEqual({ [written]: [written] })
    expect(restorer.text(written)).toBe(text)
    expect(restorer.json({ [written]: [written] })).toEqual({ [text]: [text] })
  }
})

test('a root, or a folder with a name too short to be told from others, is left alone', () => {
  const text = 'ls / /w /w/a /root/a'
  expect(redactorOf({ secrets: {}, home: '/', workingDirectory: '/w' }).text(text)).toBe(text)
  expect(redactorOf({ secrets: {}, home: '/root/', workingDirectory: '/' }).text(text)).toBe('ls / /w /w/a ${home}/a')
})

test('a working directory that is the home folder is the working directory', () => {
  const both = { home: '/home/ann', workingDirectory: '/home/ann' }
  expect(redactorOf({ secrets: {}, ...both }).text('/home/ann/a')).toBe('${working-directory}/a')
})

test('a replay elsewhere knows the folders of the recording and its own', () => {
  const bob = { home: '/Users/bob', workingDirectory: '/Users/bob/tmp/shop' }
  const replaying = redactorOf({ secrets: {}, ...bob, recorded: ann })
  expect(replaying.text('/home/ann/work/shop/a /Users/bob/tmp/shop/a /Users/bob/b /home/ann/c')).toBe(
    '${working-directory}/a ${working-directory}/a ${home}/b ${home}/c',
  )
})

test('a recording of others, which knows no folders, is shown as it stands', () => {
  const text = 'echo ${home} ${literal:home}'
  expect(restorerOf({}).text(text)).toBe(text)
})

test('one edited line of the header moves a recording', () => {
  expect(
    restorerOf({ home: '/Users/bob', workingDirectory: '/srv/shop' }).text(
      '${working-directory}/a ${home:slashes}\\/b',
    ),
  ).toBe('/srv/shop/a \\/Users\\/bob\\/b')
})

const odd = { home: '/home/jörg "x" \\ y', workingDirectory: '/home/jörg "x" \\ y/w' }
const paths = fc.constantFrom(...[odd, ann].flatMap(({ home, workingDirectory }) => [home, workingDirectory]))
const spelled = fc.constantFrom<(path: string) => string>(
  path => path,
  path => JSON.stringify(path),
  path => JSON.stringify(JSON.stringify(path)),
  path => encodeURI(`file://${path}`),
  encodeURIComponent,
  path => path.replaceAll('/', '\\/'),
)
const aText = fc
  .array(
    fc.oneof(
      fc.tuple(spelled, paths).map(([spell, path]) => spell(path)),
      fc.string(),
      fc.constantFrom('${home}', '${literal:', 'home}', '/a', ' ', '"', '\\n', '${home:', '0-', '5}'),
    ),
    { maxLength: 8 },
  )
  .map(parts => parts.join(''))

test('what is written down comes back letter by letter', () => {
  for (const places of [ann, odd]) {
    const away = redactorOf({ secrets: {}, ...places })
    const back = restorerOf(places)
    fc.assert(
      fc.property(aText, fc.string(), (text, key) => {
        expect(back.text(away.text(text))).toBe(text)
        expect(back.text(away.body(text))).toBe(text)
        const value: Json = { [key]: [text, { text }] }
        expect(back.json(away.json(value))).toEqual(value)
        const body = JSON.stringify(value)
        expect(back.text(away.body(body))).toBe(body)
      }),
      { numRuns: 500 },
    )
  }
})

test('a path that a stream brings in pieces is hidden, and comes back in the same pieces', () => {
  fc.assert(
    fc.property(
      aText,
      fc.array(fc.nat(200), { maxLength: 9 }),
      fc.constantFrom('\n\n', '\r\n\r\n'),
      (text, cuts, end) => {
        const places = [0, ...cuts.map(cut => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
        const pieces = places.slice(1).map((to, index) => text.slice(places[index], to))
        const body = pieces
          .map(content => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}${end}`)
          .join('')
        const written = redactor.body(body)
        expect(restorer.text(written)).toBe(body)
        for (const json of written.split(end).filter(line => line !== '')) JSON.parse(json.slice('data: '.length))
      },
    ),
    { numRuns: 1000 },
  )
  const body = ['see /ho', 'me/an', 'n/work/sh', 'op/a.ts']
    .map(content => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
    .join('')
  const written = redactor.body(body)
  expect([...written.matchAll(/"content":"([^"]*)"/g)].map(([, content]) => content)).toEqual([
    'see ${working-directory:0-3}',
    '${working-directory:3-8}',
    '${working-directory:8-17}',
    '${working-directory:17-}/a.ts',
  ])
  expect(restorer.text(written)).toBe(body)
})
