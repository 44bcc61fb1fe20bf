import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphemes } from '../runtime/core/width.ts'
import { type Editor, edits, emptyEditor, insert, paste } from '../runtime/tui/input/editor.ts'
import { newVim, type Work } from '../runtime/tui/input/vim/state.ts'
import { pressed } from '../runtime/tui/input/vim/vim.ts'
import { vimRows } from '../runtime/tui/input/vim-keys.ts'

/** Keys as a person would tell them: `<esc>` and the like by their names. */
const keysIn = (keys: string): string[] =>
  keys
    .split(/(<[\w+]+>)/)
    .flatMap(part => (/^<[\w+]+>$/.test(part) ? [part] : graphemes(part)))
    .map(key => (key === '<esc>' ? '<escape>' : key))

/** Presses a key as the keyboard does: what vim leaves alone is typed while inserting. */
const press = ({ vim, editor }: Work, key: string): Work => {
  const next = pressed(vim, editor, key)
  if (next) return next
  return { vim, editor: vim.mode === 'insert' && !/^<\w.*>$/.test(key) ? insert(editor, key) : editor }
}

const at = (marked: string): Editor => {
  const cursor = marked.indexOf('|')
  return { ...emptyEditor, text: marked.replace('|', ''), cursor }
}
const start = (marked: string): Work => ({ vim: { ...newVim, mode: 'normal' }, editor: at(marked) })
const shown = ({ editor: { text, cursor } }: Work): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`
const after = (marked: string, keys: string): string => shown(keysIn(keys).reduce(press, start(marked)))

const examples: readonly (readonly [before: string, keys: string, after: string])[] = [
  // Motions.
  ['a|bc', 'h', '|abc'],
  ['|abc', 'h', '|abc'],
  ['a|bc', 'll', 'ab|c'],
  ['|one\ntwo', '$', 'on|e\ntwo'],
  ['|one\nlonger\nx', 'jj', 'one\nlonger\n|x'],
  ['one\nlong|er', 'k', 'on|e\nlonger'],
  ['|one two, three', 'w', 'one |two, three'],
  ['|one two, three', '2w', 'one two|, three'],
  ['|one two, three', '2W', 'one two, |three'],
  ['|one two', 'e', 'on|e two'],
  ['on|e two', 'e', 'one tw|o'],
  ['one two|', 'b', 'one |two'],
  ['one t|wo', 'bb', '|one two'],
  ['one t|wo', 'ge', 'on|e two'],
  ['  one|', '^', '  |one'],
  ['  one|', '0', '|  one'],
  ['a\nb\n|c', 'gg', '|a\nb\nc'],
  ['|a\nb\nc', 'G', 'a\nb\n|c'],
  ['|a\nb\nc', '2G', 'a\n|b\nc'],
  ['|one.two.three', 'f.', 'one|.two.three'],
  ['|one.two.three', 't.', 'on|e.two.three'],
  ['|one.two.three', 'f.;', 'one.two|.three'],
  ['|one.two.three', 't.;', 'one.tw|o.three'],
  ['|one.two.three', 'f.;,', 'one|.two.three'],
  ['one.two.|three', 'F.', 'one.two|.three'],
  ['one.two.|three', '2F.', 'one|.two.three'],
  ['one.two.t|hree', 'T.', 'one.two.|three'],
  ['|(a [b] c)', '%', '(a [b] c|)'],
  ['|a\nb\n\nc', '}', 'a\nb\n|\nc'],
  ['日本|語です', 'b', '|日本語です'],
  ['|日本語です', 'w', '日本語|です'],
  // Operators.
  ['|one two', 'dw', '|two'],
  ['one |two', 'dw', 'one| '],
  ['one |two\nthree', 'dw', 'one| \nthree'],
  ['|one two three', 'd2w', '|three'],
  ['|one two three four', '2d1w', '|three four'],
  ['|one two', 'de', '| two'],
  ['one tw|o', 'db', 'one |o'],
  ['one |two three', 'd0', '|two three'],
  ['one |two three', 'D', 'one| '],
  ['one|.two', 'dt.', 'one|.two'],
  ['|one.two', 'dt.', '|.two'],
  ['|one.two', 'df.', '|two'],
  ['a\n|b\nc', 'dd', 'a\n|c'],
  ['a\nb\n|c', 'dd', 'a\n|b'],
  ['|a', 'dd', '|'],
  ['|a\nb\nc', 'dj', '|c'],
  ['a\nb\n|c', 'dk', '|a'],
  ['a\n|b\nc', 'dG', '|a'],
  ['a\n|b\nc', 'dgg', '|c'],
  ['|one two', 'cwx<esc>', '|x two'],
  ['|one two', 'cwxyz<esc>u', '|one two'],
  ['one |two', 'Cx<esc>', 'one |x'],
  ['a\n  b|b\nc', 'ccx<esc>', 'a\n|x\nc'],
  ['|one two', 'ywP', 'one| one two'],
  ['|ab', 'xp', 'b|a'],
  ['|a\nb', 'ddp', 'b\n|a'],
  ['a\n|b', 'yyP', 'a\n|b\nb'],
  ['|a\nb', 'Y2p', 'a\n|a\na\nb'],
  // Objects.
  ['say "o|ne two" now', 'di"', 'say "|" now'],
  ['say "o|ne two" now', 'da"', 'say |now'],
  ['|say "one two" now', 'ci"x<esc>', 'say "|x" now'],
  ['f(a, |g(b), c)', 'di(', 'f(|)'],
  ['f(a, g(|b), c)', 'dib', 'f(a, g(|), c)'],
  ['f(a, g(|b), c)', 'da)', 'f(a, g|, c)'],
  ['{a {|b} c}', 'di{', '{a {|} c}'],
  ['one t|wo three', 'diw', 'one | three'],
  ['one t|wo three', 'daw', 'one |three'],
  ['one t|wo', 'daw', 'on|e'],
  ['|one-two x', 'daW', '|x'],
  // Other changes.
  ['|abc', 'x', '|bc'],
  ['ab|c', 'x', 'a|b'],
  ['|abc', '2x', '|c'],
  ['a|bc', 'X', '|bc'],
  ['|abc', 'sx<esc>', '|xbc'],
  ['|abc', 'Sx<esc>', '|x'],
  ['|abc', 'rx', '|xbc'],
  ['|abc', '2rx', 'x|xc'],
  ['|abc', '9rx', '|abc'],
  ['|aBc', '3~', 'Ab|C'],
  ['|one\n  two', 'J', 'one| two'],
  ['|a', 'ob<esc>', 'a\n|b'],
  ['|a', 'Ob<esc>', '|b\na'],
  ['|b', 'ia<esc>', '|ab'],
  ['|b', 'aa<esc>', 'b|a'],
  ['  b|c', 'Ia<esc>', '  |abc'],
  ['|bc', 'Aa<esc>', 'bc|a'],
  ['|b', '3ia<esc>', 'aa|ab'],
  ['|a', '2ob<esc>', 'a\nb\n|b'],
  // Once more, back, and forth.
  ['|one two three', 'dw.', '|three'],
  ['|one two three', 'cwx<esc>w.', 'x |x three'],
  ['|a b', 'A!<esc>0.', 'a b!|!'],
  ['|abcdef', 'x3.', '|ef'],
  ['|abc', 'xxuu', '|abc'],
  ['|abc', 'xxuu<ctrl+r>', '|bc'],
  ['|abc', 'xxuu<ctrl+r><ctrl+r>', '|c'],
  ['|abc', 'xu<ctrl+r>u', '|abc'],
  ['|abc', 'xuAd<esc><ctrl+r>', 'abc|d'],
  // What is selected.
  ['|one two', 'ved', '| two'],
  ['one |two', 'vbd', '|wo'],
  ['|one two three', 'vwwy$p', 'one two threeone two |t'],
  ['a|bc', 'v~', 'a|Bc'],
  ['|ab\ncd\nef', 'Vjd', '|ef'],
  ['|one two', 'vecx<esc>', '|x two'],
  ['say "o|ne" now', 'vi"d', 'say "|" now'],
  ['|abc', 'vlrx', '|xxc'],
  ['|one\ntwo', 'vj<esc>', 'one\n|two'],
  ['|abc', 'vlod', '|c'],
  // Nothing comes of these.
  ['|abc', 'd<esc>x', '|bc'],
  ['|abc', 'qz!x', '|bc'],
  ['|', 'xdwddpu.~rxJ', '|'],
  // Wide, joined, and pasted.
  ['|日本語', 'x', '|本語'],
  ['a|👩‍👧b', 'x', 'a|b'],
  ['|e\u0301a', 'x', '|a'],
  ['|🇩🇪🇫🇷', 'x', '|🇫🇷'],
  ['|a👩‍👧b', 'f👩‍👧', 'a|👩‍👧b'],
  ['one t|wo three', 'gEx', 'on| two three'],
  ['|one-two x', 'Ex', 'one-tw| x'],
  ['one-two |x', 'BX', '|one-two x'],
  ['one two|', 'b_x', '|ne two'],
  ['a\n\n|b', '{ix<esc>', 'a\n|x\nb'],
  ['a\n|b\nc\n\nd', 'dip', '|\nd'],
  ['a\n|b\n\nd', 'dap', '|d'],
  ['f(a, g(|b), c)', 'da(', 'f(a, g|, c)'],
  ['a |b-c d', 'diW', 'a | d'],
  ['|ab', 'v$uVU', '|AB'],
  ['|a b', 'ylvep', '|a'],
  ['|a\nb', 'vjJ', 'a| b'],
  ['|abc', 'vlsx<esc>', '|xc'],
]

test.each(examples)('in %j the keys %s give %j', (before, keys, wanted) => {
  expect(after(before, keys)).toBe(wanted)
})

test('every key of vim that the documentation tells is in an example', () => {
  const told = vimRows.flatMap(([keys]) => keys.split(' ')).filter(key => !['…', 'Esc', '/'].includes(key))
  const all = examples.map(([, keys]) => keys).join('\n')
  for (const key of told) expect(all).toContain(key === 'Ctrl+R' ? '<ctrl+r>' : key)
})

test('Esc while nothing is begun is left to whoever interrupts, and / to whoever searches', () => {
  const { vim, editor } = start('|abc')
  expect(pressed(vim, editor, '<escape>')?.act).toBe('escape')
  expect(pressed(vim, editor, '/')?.act).toBe('search')
  expect(pressed(vim, editor, '<enter>')).toBeUndefined()
  expect(pressed(newVim, editor, 'x')).toBeUndefined()
})

const texts = fc
  .array(
    fc.constantFrom(
      ...['a', 'b', ' ', '\n', '.', '(', ')', '"', '{', '}', '日', '本', 'ア', 'ひ', '한', 'é', 'e\u0301', '\u0301'],
      ...['👩‍👧', '🇩🇪', '🇩', '👍🏽', '\u200d', '🏽', '\u{10f000}', 'ｗ'],
    ),
    { maxLength: 24 },
  )
  .map(pieces => pieces.join(''))

const strokes = fc.array(
  fc.constantFrom(
    ...'hjklwWbBeE0^$GgfFtT;,{}%dcyxXsSDCYpPu.~JriaIAoOvV123/"(w日'.split(''),
    ...['<escape>', '<ctrl+r>', '<left>', '<down>', '<enter>', '👩‍👧', '\u0301', '🇩'],
  ),
  { maxLength: 30 },
)

const boundaries = (text: string): Set<number> => {
  let place = 0
  return new Set([0, ...graphemes(text).map(one => (place += one.length))])
}

const isOnLine = ({ text, cursor }: Editor): boolean =>
  text[cursor] === undefined || text[cursor] === '\n' ? cursor === 0 || text[cursor - 1] === '\n' : true

test('whatever is pressed, the cursor stays in the text, splits no grapheme, and outside of inserting stands on one', () => {
  fc.assert(
    fc.property(texts, strokes, (text, keys) => {
      let work = press({ vim: newVim, editor: paste(emptyEditor, text) }, '<escape>')
      for (const key of keys) {
        work = press(work, key)
        const { vim, editor } = work
        expect(boundaries(editor.text), JSON.stringify([editor.text, key])).toContain(editor.cursor)
        if (vim.mode === 'normal') expect(isOnLine(editor), JSON.stringify([editor, key])).toBe(true)
      }
    }),
    { numRuns: 1500 },
  )
})

test('undo takes back all that was done, and redo does it again', () => {
  fc.assert(
    fc.property(texts, strokes, (text, keys) => {
      const begun = press({ vim: newVim, editor: { ...emptyEditor, text, cursor: 0 } }, '<escape>')
      const done = press(
        [...keys.filter(key => !'u.</'.includes(key[0] ?? '')), '<escape>', '<escape>'].reduce(press, begun),
        '<escape>',
      )
      let back = done
      let steps = 0
      while (back.editor.past.length > 0) {
        back = press(back, 'u')
        steps++
      }
      expect(back.editor.text).toBe(text)
      const forth = Array.from({ length: steps }, () => '<ctrl+r>').reduce(press, back)
      expect(forth.editor.text).toBe(done.editor.text)
    }),
    { numRuns: 1000 },
  )
})

test('keys for everybody keep the cursor in the text, split no grapheme, and are undone', () => {
  const names = Object.keys(edits).filter(name => name !== 'undo') as (keyof typeof edits)[]
  fc.assert(
    fc.property(texts, fc.array(fc.constantFrom(...names), { maxLength: 20 }), (text, keys) => {
      let editor = { ...emptyEditor, text, cursor: text.length }
      for (const key of keys) {
        editor = edits[key](editor)
        expect(boundaries(editor.text), JSON.stringify([editor.text, key])).toContain(editor.cursor)
      }
      while (editor.past.length > 0) editor = edits.undo(editor)
      expect(editor.text).toBe(text)
    }),
    { numRuns: 1000 },
  )
})
