import type { Equipment } from '../../team/open.ts'
import { newVim } from '../input/vim/state.ts'
import type { Desk } from '../state/desk.ts'
import { costLines } from '../state/spent.ts'
import type { Line } from '../view/line.ts'
import { contextLines } from '../view/window.ts'
import { type Commands, pick } from './command.ts'

/** What can be looked at, and how it looks. */
export const view: Commands = {
  cost: {
    meaning: 'what was spent, and on what',
    run: ({ store, driver }) => driver.tell('info', costLines(store.state())),
  },
  context: {
    meaning: 'what fills the window of the model',
    run: async desk => {
      const state = desk.store.state()
      desk.driver.tell('info', await contextLines(await equipment(desk), state.messages, state))
    },
  },
  tools: {
    meaning: 'the tools of the agent',
    run: async desk => {
      const { tools, sizes } = await equipment(desk)
      if (tools.length === 0) return desk.driver.tell('info', 'It has none.')
      const rows = await Promise.all(tools.map(tool => toolRow(tool, sizes)))
      desk.store.tell({ type: 'list', title: '', rows })
      desk.driver.tell('info', sizes.note)
    },
  },
  mcp: {
    meaning: 'the MCP servers of the agent, and what they offer',
    run: async desk => {
      const { store, driver } = desk
      const { servers = [] } = driver.conversation().agents.find(({ name }) => name === store.state().agent) ?? {}
      if (servers.length === 0) return driver.tell('info', 'It has none.')
      const { tools } = await equipment(desk)
      const rows = servers.map(server => {
        const own = tools.filter(({ name }) => name.startsWith(`${server}_`)).map(({ name }) => name)
        return [server, own.length > 0 ? own.join(', ') : 'its tools have names of their own, see /tools'] as const
      })
      store.tell({ type: 'list', title: '', rows })
    },
  },
  theme: {
    takes: '[name]',
    lists: true,
    meaning: 'other colours, and for the next time too',
    consider: ({ looks }, name) => looks.tryOn(name),
    run: async (desk, name) => {
      if (name === '') return pick(desk, 'theme', 'Theme', await desk.looks.themes(), { sample })
      await desk.looks.wear(name)
      desk.driver.tell('info', `The theme is ${name} from now on.`)
    },
  },
  vim: {
    takes: '[on|off]',
    meaning: 'the keys of vim in the input, and for the next time too',
    run: async ({ store, driver, prefer }, word) => {
      const isOn = word === '' ? store.state().vim === undefined : word === 'on'
      store.tell({ type: 'vim', vim: isOn ? newVim : undefined })
      driver.tell(
        'info',
        isOn
          ? 'The input has the keys of vim: Esc leads to commands, i back to writing.'
          : 'The input has its own keys again.',
      )
      await prefer({ vim: isOn })
    },
  },
}

/** `read_file`, and `  ~130  Read a file.`. */
const toolRow = async (
  { name, description, ...tool }: Equipment['tools'][number],
  { tool: sizeOf }: Equipment['sizes'],
): Promise<readonly [string, string]> => {
  const size = `~${await sizeOf({ name, description, ...tool })}`.padStart(6)
  return [name, `${size}  ${firstSentence(description)}`]
}

/** Something of each colour. */
const sample: readonly Line[] = [
  [
    { text: '  Heading', color: 'heading', bold: true },
    { text: '  ' },
    { text: '`code`', color: 'code' },
    { text: '  ✓ done', color: 'success' },
    { text: '  ✗ failed', color: 'failure' },
    { text: '  ? asked', color: 'warning' },
    { text: '  > said', color: 'accent' },
  ],
  [
    { text: '  const', color: 'keyword' },
    { text: ' ' },
    { text: 'name', color: 'name' },
    { text: ': ' },
    { text: 'Type', color: 'type' },
    { text: ' = ' },
    { text: "'text'", color: 'string' },
    { text: ' + ' },
    { text: '42', color: 'number' },
    { text: ' // comment', color: 'comment' },
    { text: '  + added', color: 'added' },
    { text: '  - removed', color: 'removed' },
  ],
]

const firstSentence = (text: string): string => /^[^\n]*?[.!?](?=\s|$)|^[^\n]*/.exec(text)?.[0] ?? ''

/** Servers may have to be started for it, as they will be for the next turn: a recording asks them but once. */
const equipment = ({ driver, tty }: Desk): Promise<Equipment> => driver.conversation().inspect(tty.signal)
