import { Failure } from '../core/errors.ts'
import { type Desk, type Driver, failureText } from './driver.ts'
import { costLines } from './spent.ts'

type Command = {
  readonly takes?: string
  readonly meaning: string
  readonly run: (desk: Desk, rest: string) => void | Promise<void>
}

/** Does what a line that begins with `/` says; false where it is none of ours, and goes to the agent as it is. */
export const obey = (desk: Desk, line: string): boolean => {
  const [, name = '', rest = ''] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(line) ?? []
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command || isAgents(desk, name)) return false
  desk.driver.tell('info', `\n> ${line}`)
  void Promise.resolve(command.run(desk, rest.trim())).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error
    desk.driver.tell('error', failureText(error))
  })
  return true
}

/** The commands of the agent file come first: whoever wrote it meant them. */
const isAgents = ({ store, driver }: Desk, name: string): boolean =>
  driver
    .conversation()
    .agents.some(one => one.name === store.state().agent && one.commands.some(own => own.name === name))

const taped = (what: string) =>
  new Failure('usage', `${what} would begin the conversation anew, which a recording and a replay cannot follow.`, {
    hint: 'Leave, and start again without --record and --fake.',
  })

/** Opens anew what says the same thing from the same cassette or none. */
const change = async ({ driver }: Desk, what: string, wishes: Parameters<Driver['reopen']>[0]): Promise<void> => {
  if (driver.isTaped) throw taped(what)
  await driver.reopen(wishes)
}

const commands: Readonly<Record<string, Command>> = {
  help: { meaning: 'this list', run: desk => desk.driver.tell('info', helpText(desk)) },
  new: {
    meaning: 'a new conversation, with nothing said yet',
    run: async desk => {
      await change(desk, '/new', { earlier: [], session: undefined })
      desk.store.tell({ type: 'new' })
      desk.driver.tell('info', 'A new conversation.')
    },
  },
  model: {
    takes: '[provider/model]',
    meaning: 'go on with another model',
    run: async (desk, name) => {
      const { driver, store } = desk
      if (name === '') return driver.tell('info', modelsText(desk))
      const wanted = name.includes('=') ? name : `${store.state().agent}=${name}`
      await change(desk, '/model', { models: [...driver.wishes().models, wanted] })
      driver.tell('info', `${store.state().agent} speaks with ${store.state().model} from now on.`)
    },
  },
  agent: {
    takes: '[name]',
    meaning: 'talk to another agent of the file',
    run: async (desk, name) => {
      if (name === '') return desk.driver.tell('info', agentsText(desk))
      await change(desk, '/agent', { agent: name })
      desk.driver.tell('info', `You talk to ${name} from now on.`)
    },
  },
  yolo: {
    takes: '[on|off]',
    meaning: 'approve every call that no rule denies, or ask again',
    run: async (desk, word) => {
      const { driver, store } = desk
      const { isYolo } = store.state()
      const on = word === '' ? !isYolo : word === 'on'
      if (!on && isYolo) await change(desk, '/yolo off', { yolo: false })
      store.tell({ type: 'settings', isYolo: on })
      driver.tell('info', on ? 'Calls are approved from now on; /yolo off asks again.' : 'Calls are asked about again.')
    },
  },
  cost: {
    meaning: 'what was spent, and on what',
    run: ({ store, driver }) => driver.tell('info', costLines(store.state())),
  },
  quit: { meaning: 'leave', run: ({ driver }) => driver.leave() },
}

const agentsText = ({ store, driver }: Desk): string =>
  driver
    .conversation()
    .agents.map(({ name, description }) => `${name === store.state().agent ? '* ' : '  '}${name}  ${description}`)
    .join('\n')

const modelsText = ({ store, driver }: Desk): string =>
  driver
    .conversation()
    .agents.map(({ name, model }) => `${name === store.state().agent ? '* ' : '  '}${name}  ${model}`)
    .join('\n')

const keysText = `Enter sends · Alt+Enter or \\ Enter: a new line · up, down: what was said before
Esc interrupts · Ctrl-C clears or interrupts, twice leaves · Ctrl-D leaves`

const helpText = (desk: Desk): string => {
  const { store, driver } = desk
  const own = driver.conversation().agents.find(({ name }) => name === store.state().agent)?.commands ?? []
  const lines = [
    ...Object.entries(commands).map(([name, { takes, meaning }]) => [`/${name}${takes ? ` ${takes}` : ''}`, meaning]),
    ...own.map(({ name, description }) => [`/${name}`, description]),
  ]
  return [...lines.map(([name = '', meaning]) => `${name.padEnd(24)} ${meaning}`), keysText].join('\n')
}
