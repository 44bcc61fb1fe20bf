import type { Form, FormAnswer } from '../../core/form.ts'
import { type Field, fieldsOf, shown } from '../../core/form-fields.ts'
import type { Json } from '../../core/json.ts'
import { type Editor, emptyEditor, insert } from '../input/editor.ts'
import { typed } from '../input/pastes.ts'
import type { Reducers } from './reduce.ts'
import type { State } from './state.ts'

/** What stands in a field so far. Of choices `at` is where the cursor is, and `picked` which of several are taken. */
export type Entry = { readonly editor: Editor; readonly at: number; readonly picked: readonly number[] }

/** A form that is being filled in, a field at a time. `behind` is the last question that came before it. */
export type Filling = {
  readonly id: number
  readonly form: Form
  readonly behind: number
  /** At least one: to agree is a field, too. */
  readonly fields: readonly Field[]
  readonly entries: readonly Entry[]
  readonly at: number
  readonly problem: string
}

export const fillingOf = (id: number, form: Form): Filling => {
  const asked = form.schema === undefined || form.url !== undefined ? [] : fieldsOf(form.schema)
  const fields = asked.length > 0 ? asked : agreement(form)
  return { id, form, behind: 0, fields, entries: fields.map(entryOf), at: 0, problem: '' }
}

const agreed = '\0agreed'

/** Where nothing is to be filled in, a person agrees or does not. */
const agreement = ({ url }: Form): readonly Field[] => {
  const title = url === undefined ? 'Do you agree?' : 'Have you done it?'
  return fieldsOf({ properties: { [agreed]: { type: 'boolean', title } }, required: [agreed] })
}

/** What may be chosen, in its order: to leave a field out is one of the choices where it may be. */
export const rowsOf = ({ kind, choices, isNeeded, preset }: Field): readonly { title: string; value?: Json }[] =>
  kind === 'one' && !isNeeded && preset === undefined ? [{ title: '(leave it out)' }, ...choices] : choices

const entryOf = (field: Field): Entry => {
  const { kind, preset } = field
  const presets: readonly Json[] = Array.isArray(preset) ? preset : []
  const rows = rowsOf(field)
  const text =
    kind !== 'text' || preset === undefined ? '' : Array.isArray(preset) ? presets.map(shown).join(', ') : shown(preset)
  return {
    editor: insert(emptyEditor, text),
    at:
      kind === 'one'
        ? Math.max(
            0,
            rows.findIndex(row => 'value' in row && row.value === preset),
          )
        : 0,
    picked: rows.flatMap((row, index) => (kind === 'several' && presets.includes(row.value ?? null) ? [index] : [])),
  }
}

/** The value of a field; nothing where it is left out. Throws a sentence for what does not fit. */
const valueIn = (field: Field, { editor, at, picked }: Entry): Json | undefined => {
  if (field.kind === 'text') {
    const text = typed(editor)
    return text.trim() === '' && !field.isNeeded ? undefined : field.read(text)
  }
  const rows = rowsOf(field)
  const taken = field.kind === 'one' ? [at] : [...picked].sort((one, other) => one - other)
  return field.take(taken.flatMap(index => rows[index]?.value ?? []))
}

const problemIn = (field: Field, entry: Entry): string => {
  try {
    valueIn(field, entry)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export const current = ({ fields, entries, at }: Filling): { readonly field: Field; readonly entry: Entry } => {
  const [field, entry] = [fields[at], entries[at]]
  if (!field || !entry) throw new Error('a form has no field where its cursor is')
  return { field, entry }
}

export const edited = (filling: Filling, change: Partial<Entry>): Filling => ({
  ...filling,
  problem: '',
  entries: filling.entries.with(filling.at, { ...current(filling).entry, ...change }),
})

/** To the field before or behind, whatever stands in this one. */
export const moved = (filling: Filling, step: -1 | 1): Filling => ({
  ...filling,
  problem: '',
  at: Math.max(0, Math.min(filling.fields.length - 1, filling.at + step)),
})

/** On to the next field, or back to one that does not fit; behind the last, the answer. */
export const entered = (filling: Filling): Filling | FormAnswer => {
  const { fields, entries, at } = filling
  const { field, entry } = current(filling)
  const problem = problemIn(field, entry)
  if (problem !== '') return { ...filling, problem }
  if (at < fields.length - 1) return moved(filling, 1)
  const pairs = fields.map((field, index) => [field, entries[index] ?? entryOf(field)] as const)
  const wrong = pairs.findIndex(([field, entry]) => problemIn(field, entry) !== '')
  if (wrong >= 0) return { ...filling, at: wrong, problem: problemIn(...(pairs[wrong] ?? [field, entry])) }
  return answerOf(pairs.map(([field, entry]) => [field.name, valueIn(field, entry)]))
}

const answerOf = (values: readonly (readonly [name: string, value: Json | undefined])[]): FormAnswer => {
  const [first] = values
  if (first?.[0] === agreed) return { action: first[1] === true ? 'accept' : 'decline' }
  const content = values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return { action: 'accept', content: Object.fromEntries(content) }
}

/** What has been filled in, for eyes. */
export const entryText = (field: Field, entry: Entry): string => {
  if (field.kind === 'text') return typed(entry.editor)
  const rows = rowsOf(field)
  const taken = field.kind === 'one' ? [entry.at] : entry.picked
  return taken.map(index => rows[index]?.title ?? '').join(', ')
}

/** The form that has the keys: the first, unless a call is asked about that came before it. */
export const formUp = ({ forms, questions }: Pick<State, 'forms' | 'questions'>): Filling | undefined => {
  const [first] = forms
  return first && !questions.some(({ id }) => id <= first.behind) ? first : undefined
}

/** A form is asked, filled in a little more, or over; without an answer where it was called off. */
export type FormAct =
  | { readonly type: 'form-asked'; readonly filling: Filling }
  | { readonly type: 'form-changed'; readonly filling: Filling }
  | { readonly type: 'form-over'; readonly id: number; readonly answer?: FormAnswer }

/** What becomes of forms. */
export const formReducers: Pick<Reducers, 'form-asked' | 'form-changed' | 'form-over'> = {
  'form-asked': (state, { filling }) => {
    const behind = state.questions.at(-1)?.id ?? 0
    const next = { ...state, forms: [...state.forms, { ...filling, behind }] }
    return state.forms.length === 0 ? withForm(next, filling) : next
  },
  'form-changed': (state, { filling }) => ({
    ...state,
    forms: state.forms.map(one => (one.id === filling.id ? filling : one)),
  }),
  'form-over': (state, { id, answer }) => {
    const over = state.forms.find(one => one.id === id)
    const forms = state.forms.filter(one => one !== over)
    const text = over && answer ? outcome(over, answer) : ''
    const note = { type: 'note', depth: 0, agent: state.agent, level: 'info', text } as const
    const told = { ...state, forms, blocks: text === '' ? state.blocks : [...state.blocks, note] }
    const [next] = forms
    return next && over === state.forms[0] ? withForm(told, next) : told
  },
}

/** The question is shown whole in the scrollback, where there is room for it, when it comes up. */
const withForm = (state: State, { form }: Filling): State => ({
  ...state,
  blocks: [...state.blocks, { type: 'form', depth: 0, agent: state.agent, form }],
})

const outcome = ({ fields }: Filling, { action, ...rest }: FormAnswer): string => {
  if (action === 'cancel') return ''
  if (action === 'decline') return '  You declined.'
  const { content = {} } = rest as { content?: Readonly<Record<string, Json>> }
  const lines = fields.flatMap(({ name, title }) => {
    const value = Object.hasOwn(content, name) ? content[name] : undefined
    return value === undefined
      ? []
      : [`  ${title}: ${Array.isArray(value) ? value.map(shown).join(', ') : shown(value)}`]
  })
  return lines.length === 0 ? '  You agreed.' : lines.join('\n')
}
