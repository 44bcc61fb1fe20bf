import type { Tool, Toolset } from '../runtime/core/tool.ts'
import { defineTool, list, oneOf, record, text } from './define.ts'

const statuses = ['pending', 'in-progress', 'completed'] as const
type Todo = { readonly id: string; readonly description: string; status: (typeof statuses)[number] }

/** What is to be done, in the order in which it was noted. Agents that share a list are given the same one. */
export type TodoList = { readonly items: Todo[] }

export const todoList = (): TodoList => ({ items: [] })

const instructions = `# Todo list

Keep track of work that takes more than two or three steps:
- note each step before you begin (\`create_todos\` for several at once);
- mark a step "in-progress" when you take it up and "completed" as soon as it is done, several in one \`update_todos\`;
- look at \`list_todos\` before you answer, so that nothing is left out.`

/** Tools to note what is to be done and how far it is. Marked as read-only, as in cagent: they touch nothing but the list. */
export const todoToolset = (todos: TodoList): Toolset => ({
  name: 'todo',
  instructions,
  open: async () => [createTodo(todos), createTodos(todos), updateTodos(todos), listTodos(todos)],
  [Symbol.asyncDispose]: async () => undefined,
})

const createTodo = (todos: TodoList): Tool =>
  defineTool({
    name: 'create_todo',
    description: 'Note one thing that is to be done.',
    parameters: { description: text('What is to be done') },
    readOnly: true,
    execute: ({ description }) => told(todos, { created: add(todos, description) }),
  })

const createTodos = (todos: TodoList): Tool =>
  defineTool({
    name: 'create_todos',
    description: 'Note several things that are to be done.',
    parameters: { descriptions: list(text('What is to be done'), 'What is to be done, one entry each') },
    readOnly: true,
    execute: ({ descriptions }) => told(todos, { created: descriptions.map(text => add(todos, text)) }),
  })

const updateTodos = (todos: TodoList): Tool =>
  defineTool({
    name: 'update_todos',
    description: 'Change the status of one or more todos.',
    parameters: {
      updates: list(
        record({ id: text('The id of the todo, such as todo_1'), status: oneOf(statuses, 'Its new status') }),
        'The changes',
      ),
    },
    readOnly: true,
    execute: ({ updates }) => {
      const known = updates.filter(({ id }) => todos.items.some(todo => todo.id === id))
      for (const { id, status } of known) for (const todo of todos.items) if (todo.id === id) todo.status = status
      const missing = updates.filter(update => !known.includes(update)).map(({ id }) => id)
      return told(todos, { updated: known, ...(missing.length > 0 && { not_found: missing }) })
    },
  })

const listTodos = (todos: TodoList): Tool =>
  defineTool({
    name: 'list_todos',
    description: 'Show all todos and their status.',
    parameters: {},
    readOnly: true,
    execute: () => told(todos, {}),
  })

const add = ({ items }: TodoList, description: string): Todo => {
  const todo: Todo = { id: `todo_${items.length + 1}`, description, status: 'pending' }
  items.push(todo)
  return { ...todo }
}

const told = ({ items }: TodoList, change: Readonly<Record<string, unknown>>): string => {
  const open = items.filter(({ status }) => status !== 'completed').map(({ id, status }) => `${id} (${status})`)
  const reminder = open.length > 0 && { reminder: `Not completed yet: ${open.join(', ')}.` }
  return JSON.stringify({ ...change, all_todos: items, ...reminder })
}
