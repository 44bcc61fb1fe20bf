import type { Equipment } from '../../team/open.ts'
import type { Desk } from '../state/desk.ts'
import { costLines } from '../state/spent.ts'
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
      const lines = await Promise.all(tools.map(tool => toolLine(tool, sizes)))
      desk.driver.tell('info', lines.length === 0 ? 'It has none.' : [...lines, sizes.note].join('\n'))
    },
  },
  mcp: {
    meaning: 'the MCP servers of the agent, and what they offer',
    run: async desk => {
      const { store, driver } = desk
      const { servers = [] } = driver.conversation().agents.find(({ name }) => name === store.state().agent) ?? {}
      if (servers.length === 0) return driver.tell('info', 'It has none.')
      const { tools } = await equipment(desk)
      const lines = servers.map(server => {
        const own = tools.filter(({ name }) => name.startsWith(`${server}_`)).map(({ name }) => name)
        return `${server}: ${own.length > 0 ? own.join(', ') : 'its tools have names of their own, see /tools'}`
      })
      driver.tell('info', lines.join('\n'))
    },
  },
  theme: {
    takes: '[name]',
    meaning: 'other colours, and for the next time too',
    run: async (desk, name) => {
      if (name === '') return pick(desk, 'theme', 'Theme', await desk.looks.themes())
      desk.looks.wear(name)
      desk.driver.tell('info', `The theme is ${name} from now on.`)
    },
  },
}

/** `read_file                    ~130  Read a file.`. */
const toolLine = async (tool: Equipment['tools'][number], { tool: sizeOf }: Equipment['sizes']): Promise<string> => {
  const size = `~${await sizeOf(tool)}`.padStart(6)
  return `${tool.name.padEnd(28)} ${size}  ${firstSentence(tool.description)}`
}

const firstSentence = (text: string): string => /^[^\n]*?[.!?](?=\s|$)|^[^\n]*/.exec(text)?.[0] ?? ''

/** Servers may have to be started for it, as they will be for the next turn: a recording asks them but once. */
const equipment = ({ driver, tty }: Desk): Promise<Equipment> => driver.conversation().inspect(tty.signal)
