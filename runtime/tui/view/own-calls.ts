import { type ToolResult, textOf } from '../../core/message.ts'
import type { Block, Todo } from '../state/state.ts'
import { firstRows, oneLine } from './calls.ts'
import type { Row, Span } from './line.ts'

type Call = Extract<Block, { type: 'call' }>

/** `about` stands behind the name; `isWhole` where the arguments would say no more than the rows do. */
type Drawing = { readonly about: string; readonly rows: readonly Row[]; readonly isWhole: boolean }

/** A call whose result is told better in a few words of our own; nothing for all others. */
export const ownDrawing = ({ result, isOpen }: Call): Drawing | undefined => {
  if (isOpen || result.error || result.content.some(({ type }) => type === 'file')) return undefined
  if (result.name === 'read_file') return { about: linesIn(textOf(result.content)), rows: [], isWhole: false }
  // What it is about stands in the call, and what comes of it is told in the background.
  if (result.name === 'run_background_agent') return { about: '', rows: [], isWhole: false }
  const todos = todosIn(result)
  return todos && { about: doneOf(todos.all), rows: firstRows(todos.changed.map(todoRow), 8), isWhole: true }
}

/** What was thought in a call, as thoughts are drawn. */
export const thoughtIn = ({ call, isOpen }: Call): string | undefined => {
  const { thought } = call.input
  return call.name === 'think' && typeof thought === 'string' && !isOpen ? thought : undefined
}

const linesIn = (text: string): string => {
  const count = text === '' ? 0 : text.replace(/\n$/, '').split('\n').length
  return count === 1 ? '1 line' : `${count} lines`
}

export const doneOf = (todos: readonly Todo[]): string =>
  `${todos.filter(({ status }) => status === 'completed').length} of ${todos.length} done`

const todoRow = ({ description, status }: Todo): Row => {
  const [mark, style] = marks[status] ?? ['☐ ', {}]
  return {
    spans: [
      { text: mark, ...style },
      { text: oneLine(description), ...style },
    ],
    hang: [{ text: '  ' }],
  }
}

const marks: Readonly<Record<string, readonly [string, Omit<Span, 'text'>]>> = {
  completed: ['☑ ', { dim: true }],
  'in-progress': ['▸ ', { bold: true }],
}

/** The whole list, as every tool of the todo toolset gives it, and what of it the call has changed. */
export const todosIn = ({ name, content, error }: ToolResult): Todos | undefined => {
  if (error || !/_todos?$/.test(name)) return undefined
  try {
    const { all_todos: all, ...change } = JSON.parse(textOf(content)) as Answer
    if (!Array.isArray(all) || !all.every(one => typeof one?.description === 'string')) return undefined
    const touched = new Set([change.created, change.updated].flat().map(one => one?.id))
    const changed = all.filter(({ id }) => touched.has(id))
    return { all, changed: changed.length > 0 ? changed : all }
  } catch {
    return undefined
  }
}

type Listed = Todo & { readonly id?: string }
type Todos = { readonly all: readonly Listed[]; readonly changed: readonly Listed[] }
type Answer = {
  readonly all_todos?: readonly Listed[]
  readonly created?: Listed | readonly Listed[]
  readonly updated?: Listed | readonly Listed[]
}
