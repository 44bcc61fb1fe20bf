import { Failure } from '../../core/errors.ts'
import type { Desk } from '../state/desk.ts'
import { type Commands, change, leaveFor, pick } from './command.ts'
import { record } from './record.ts'

/** With whom is talked, and how. */
export const talk: Commands = {
  new: {
    meaning: 'a new conversation, with nothing said yet',
    run: async desk => {
      await leaveFor(desk, '/new', () => ({ earlier: [], session: undefined }))
      desk.store.tell({ type: 'new' })
      desk.driver.tell('info', 'A new conversation.')
    },
  },
  model: {
    takes: '[provider/model]',
    lists: true,
    meaning: 'go on with another model',
    run: async (desk, name) => {
      const { driver, store } = desk
      if (name === '') return pick(desk, 'model', 'Model', modelChoices(desk), { isOpen: true })
      const wanted = name.includes('=') ? name : `${store.state().agent}=${name}`
      change(desk, '/model', { models: [...driver.wishes().models, wanted] })
      driver.tell('info', `${store.state().agent} speaks with ${store.state().model} from now on.`)
    },
  },
  agent: {
    takes: '[name]',
    lists: true,
    meaning: 'talk to another agent of the file',
    run: async (desk, name) => {
      if (name === '') return pick(desk, 'agent', 'Agent', agentChoices(desk))
      change(desk, '/agent', { agent: name })
      desk.driver.tell('info', `You talk to ${name} from now on.`)
    },
  },
  compact: {
    takes: '[what matters]',
    meaning: 'sum up what was said, so that there is room for more',
    run: ({ driver }, wish) => {
      const text = `/compact ${wish}`.trim()
      driver.say([{ type: 'text', text }], text)
    },
  },
  think: {
    takes: '[level|tokens]',
    lists: true,
    meaning: 'how much the agents think before they speak; as the file says with `file`',
    run: async (desk, wanted) => {
      if (wanted === '') return pick(desk, 'think', 'Think', thinking(desk))
      const tokens = Number(wanted)
      const level = levels.find(one => one === wanted)
      if (wanted !== 'file' && level === undefined && !(Number.isInteger(tokens) && tokens >= 0)) {
        throw new Failure('usage', `There is no way to think ${wanted}.`, {
          hint: `Say ${levels.join(', ')}, tokens, or file.`,
        })
      }
      change(desk, '/think', { thinking: wanted === 'file' ? wanted : (level ?? tokens) })
      desk.driver.tell('info', wanted === 'file' ? 'They think as the file says.' : `They think: ${wanted}.`)
    },
  },
  record: {
    takes: '[name|off]',
    meaning: 'from here on all goes into a cassette, after what was said before; `off` ends it',
    run: async (desk, name) => await record(desk, name),
  },
  yolo: {
    takes: '[on|off]',
    meaning: 'approve every call that no rule denies, or ask again',
    run: (desk, word) => {
      const { driver, store } = desk
      const { isYolo } = store.state()
      const on = word === '' ? !isYolo : word === 'on'
      driver.trust(on)
      driver.tell('info', on ? 'Calls are approved from now on; /yolo off asks again.' : 'Calls are asked about again.')
    },
  },
}

const agentChoices = ({ store, driver }: Desk) =>
  driver.conversation().agents.map(({ name, description }) => ({
    text: name,
    meaning: [name === store.state().agent ? '(now)' : '', description].filter(text => text !== '').join(' '),
  }))

/** The models of the file, each once, and those that were asked for. */
const modelChoices = ({ store, driver }: Desk) => {
  const models = driver.conversation().agents.map(({ model }) => model)
  const wished = driver.wishes().models.map(model => model.replace(/^[^=/]*=/, ''))
  return [...new Set([...models, ...wished])].map(text => ({
    text,
    meaning: text === store.state().model ? '(now)' : '',
  }))
}

const levels = ['none', 'minimal', 'low', 'medium', 'high'] as const

const thinking = ({ driver }: Desk) => {
  const now = `${driver.wishes().thinking ?? 'file'}`
  return ['file', ...levels].map(text => ({ text, meaning: text === now ? '(now)' : '' }))
}
