import { type Editor, edits } from './editor.ts'

/** A key, or several that do the same. `edit` is what it does to what is typed, `act` what else it does. */
export type Binding = {
  readonly keys: readonly string[]
  readonly meaning: string
} & ({ readonly edit: keyof typeof edits } | { readonly act: KeyAct })

/** What keys do beside editing; keyboard.ts knows how. */
export type KeyAct =
  | 'send'
  | 'interrupt'
  | 'escape'
  | 'end'
  | 'open'
  | 'search'
  | 'editor'
  | 'suspend'
  | 'complete'
  | 'image'
  | 'redraw'
  | 'mode'

/** What the keys of the input do. Help and documentation are made from it. */
export const bindings: readonly Binding[] = [
  {
    keys: ['enter'],
    meaning: 'send; while the agent works, put in the queue; again, say that at its next step',
    act: 'send',
  },
  { keys: ['alt+enter', 'shift+enter', 'ctrl+j'], meaning: 'a new line, as does \\ before Enter', edit: 'newLine' },
  {
    keys: ['escape'],
    meaning:
      'interrupt the turn; close a list; twice clears the input, or goes back to an earlier message where it is empty',
    act: 'escape',
  },
  { keys: ['shift+tab'], meaning: 'approve every call that no rule denies, or ask again, as /yolo', act: 'mode' },
  { keys: ['ctrl+c'], meaning: 'interrupt, or clear the input; twice leaves', act: 'interrupt' },
  { keys: ['ctrl+d'], meaning: 'leave, on an empty input', act: 'end' },
  { keys: ['ctrl+o'], meaning: 'show in full what was folded last; again for what was before', act: 'open' },
  {
    keys: ['tab'],
    meaning: 'complete a command or an @file; take what was said next in the recording that is played back',
    act: 'complete',
  },
  { keys: ['ctrl+v', 'alt+v'], meaning: 'take an image from the clipboard', act: 'image' },
  { keys: ['up', 'ctrl+p'], meaning: 'the line above; what waits in the queue; what was said before', edit: 'up' },
  { keys: ['down', 'ctrl+n'], meaning: 'the line below, then what was said after', edit: 'down' },
  { keys: ['ctrl+r'], meaning: 'search what was said before, also in other sessions', act: 'search' },
  { keys: ['ctrl+g'], meaning: 'write in your editor ($VISUAL, $EDITOR)', act: 'editor' },
  { keys: ['ctrl+z'], meaning: 'suspend; `fg` resumes', act: 'suspend' },
  { keys: ['ctrl+l'], meaning: 'draw anew', act: 'redraw' },
  { keys: ['left', 'ctrl+b'], meaning: 'back a character', edit: 'left' },
  { keys: ['right', 'ctrl+f'], meaning: 'on a character', edit: 'right' },
  { keys: ['alt+left', 'ctrl+left', 'alt+b'], meaning: 'back a word', edit: 'wordLeft' },
  { keys: ['alt+right', 'ctrl+right', 'alt+f'], meaning: 'on a word', edit: 'wordRight' },
  { keys: ['home', 'ctrl+a'], meaning: 'to the start of the line', edit: 'lineStart' },
  { keys: ['end', 'ctrl+e'], meaning: 'to the end of the line', edit: 'lineEnd' },
  { keys: ['backspace', 'ctrl+h'], meaning: 'delete the character before', edit: 'backspace' },
  { keys: ['delete'], meaning: 'delete the character after, as does Ctrl+D on a text', edit: 'delete' },
  { keys: ['ctrl+w', 'alt+backspace', 'ctrl+backspace'], meaning: 'cut the word before', edit: 'deleteWord' },
  { keys: ['alt+d'], meaning: 'cut the word after', edit: 'deleteNextWord' },
  { keys: ['ctrl+u'], meaning: 'cut to the start of the line', edit: 'deleteToStart' },
  { keys: ['ctrl+k'], meaning: 'cut to the end of the line', edit: 'deleteToEnd' },
  { keys: ['ctrl+y'], meaning: 'put in what was cut', edit: 'yank' },
  { keys: ['ctrl+_'], meaning: 'undo', edit: 'undo' },
]

export const bindingOf = (key: string): Binding | undefined => bindings.find(({ keys }) => keys.includes(key))

/** What a key does to a text, where it does anything to it. */
export const editOf = (key: string, editor: Editor): ((editor: Editor) => Editor) | undefined => {
  if (key === 'enter' && editor.text[editor.cursor - 1] === '\\') return one => edits.newLine(edits.backspace(one))
  if (key === 'ctrl+d' && editor.text !== '') return edits.delete
  const binding = bindingOf(key)
  return binding && 'edit' in binding ? edits[binding.edit] : undefined
}

/** `ctrl+a` as people write it: `Ctrl+A`. */
export const keyName = (key: string): string =>
  key
    .split('+')
    .map(part => names[part] ?? `${part[0]?.toUpperCase() ?? ''}${part.slice(1)}`)
    .join('+')

const names: Readonly<Record<string, string>> = { escape: 'Esc', pageup: 'PgUp', pagedown: 'PgDn' }
