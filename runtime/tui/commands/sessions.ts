import { Failure } from '../../core/errors.ts'
import { isOfUser, type Message, sayerOf, textOf } from '../../core/message.ts'
import type { SessionRecord, SessionSummary } from '../../core/session.ts'
import type { Sessions } from '../../team/sessions/sessions.ts'
import { exchanged, menuOf } from '../input/menu.ts'
import type { Desk } from '../state/desk.ts'
import { ago } from '../view/duration.ts'
import { type Commands, leaveFor } from './command.ts'

/** What was said before, and other ways from there. */
export const sessions: Commands = {
  sessions: {
    takes: '[words]',
    lists: true,
    meaning: 'conversations of before, all or those that hold these words: resume, look, branch off, star',
    run: async (desk, rest) => {
      const [verb = '', id = ''] = rest.split(' ')
      const act = Object.hasOwn(verbs, verb) && id !== '' ? verbs[verb] : undefined
      await (act ? act(desk, storeOf(desk), id) : choose(desk, rest))
    },
  },
  undo: {
    takes: '[files]',
    meaning: 'take back what was said last, to say it in other words; with `files`, what was done to files last',
    run: async (desk, what) => {
      if (what === 'files') return await undoFiles(desk)
      const last = desk.store.state().messages.findLastIndex(isOfUser)
      if (last < 0) return desk.driver.tell('info', 'Nothing has been said yet.')
      await rewind(desk, last)
    },
  },
  rewind: {
    takes: '[number]',
    lists: true,
    meaning: 'go back to an earlier message, and say it in other words',
    run: async (desk, number) => {
      const said = desk.store
        .state()
        .messages.flatMap((message, index) => (isOfUser(message) ? [{ message, index }] : []))
      const wanted = said[Number(number) - 1]
      if (wanted) return await rewind(desk, wanted.index)
      if (said.length === 0) return desk.driver.tell('info', 'Nothing has been said yet.')
      const all = said.map(({ message }, at) => ({
        text: firstWords(message),
        meaning: `message ${at + 1}`,
        value: `${at + 1}`,
      }))
      desk.store.tell({
        type: 'menu',
        menu: menuOf({ kind: 'pick', command: 'rewind', title: 'Back to', all: all.reverse() }),
      })
    },
  },
}

const firstWords = (message: Message): string =>
  message.role === 'user' ? textOf(message.content).replace(/\s+/g, ' ').slice(0, 200) : ''

const storeOf = ({ sessions: all }: Desk): Sessions => {
  if (all) return all
  throw new Failure('usage', 'A replay has no sessions.')
}

const choose = async (desk: Desk, words: string): Promise<void> => {
  const all = words === '' ? await listed(desk) : await searched(desk, words)
  if (all.length === 0)
    return desk.driver.tell('info', words === '' ? 'There are no sessions yet.' : 'Nothing was found.')
  const keys = [
    { key: 'enter', verb: 'resume', meaning: 'Enter resumes' },
    { key: 'tab', verb: 'show', meaning: 'Tab shows', stays: true },
    { key: 'ctrl+f', verb: 'fork', meaning: 'Ctrl+F branches off' },
    { key: 'ctrl+s', verb: 'star', meaning: 'Ctrl+S stars', stays: true },
  ] as const
  desk.store.tell({ type: 'menu', menu: menuOf({ kind: 'pick', command: 'sessions', title: 'Session', all, keys }) })
}

/** Whoever has more of them looks for words. */
const mostListed = 1000

const listed = async (desk: Desk) =>
  (await storeOf(desk).list(mostListed)).map(session => ({
    text: titleOf(session),
    meaning: about(session, desk.store.state().now),
    value: session.id,
  }))

const searched = async (desk: Desk, words: string) =>
  (await storeOf(desk).search(words)).map(({ session, text }) => ({
    text: titleOf(session),
    meaning: text,
    value: session.id,
  }))

const titleOf = ({ starred, title }: SessionSummary): string => `${starred ? '★ ' : ''}${title}`

const about = ({ updated, turns, agent, parent }: SessionSummary, now: number): string =>
  [ago(updated, now), turns === 1 ? '1 turn' : `${turns} turns`, agent, parent ? 'a branch' : '']
    .filter(text => text !== '')
    .join(' · ')

type Verb = (desk: Desk, all: Sessions, id: string) => Promise<void>

const resume = async (desk: Desk, session: () => string | Promise<string>): Promise<void> => {
  await leaveFor(desk, '/sessions', async () => ({ session: await session() }))
  const { resumed } = desk.driver.conversation()
  if (resumed) desk.store.tell({ type: 'resumed', record: resumed })
}

const verbs: Readonly<Record<string, Verb>> = {
  resume: (desk, _, id) => resume(desk, () => id),
  show: async (desk, all, id) => desk.driver.tell('info', preview(await all.open(id))),
  fork: (desk, all, id) => resume(desk, () => all.fork(id, {})),
  star: async (desk, all, id) => {
    const { starred } = await all.open(id)
    const session = await all.star(id, !starred)
    const { menu } = desk.store.state()
    if (menu?.command === 'sessions')
      desk.store.tell({ type: 'menu', menu: exchanged(menu, id, one => ({ ...one, text: titleOf(session) })) })
    else desk.driver.tell('info', `«${session.title}» ${session.starred ? 'has a star' : 'has no star any more'}.`)
  },
}

const markOf = (message: Message, agent: string): string => {
  if (isOfUser(message)) return '>'
  return message.role === 'user' ? `(${sayerOf(message)})` : `${agent}:`
}

/** The last words of both sides, so that one knows where one was. */
const preview = ({ title, messages, updated }: SessionRecord): string => {
  const lines = messages.flatMap(({ message, agent }) => {
    if (message.role === 'tool') return []
    const text = textOf(message.content).trim()
    return text === '' ? [] : [`${markOf(message, agent)} ${text.length > 500 ? `${text.slice(0, 500)}…` : text}`]
  })
  return [
    `«${title}», ${messages.length} messages, ${updated.slice(0, 16).replace('T', ' ')}`,
    ...lines.slice(-4),
  ].join('\n')
}

/** Goes on from before that message, in a branch where the conversation is stored; its words are in the input again. */
const rewind = async (desk: Desk, at: number): Promise<void> => {
  const { driver, store } = desk
  const earlier = store.state().messages.slice(0, at)
  const id = driver.conversation().session()
  await leaveFor(desk, 'Going back', async () => ({
    earlier,
    session: id === undefined || at === 0 ? undefined : await storeOf(desk).fork(id, { at }),
  }))
  store.tell({ type: 'taken-back', messages: earlier })
  driver.tell('info', 'Taken back. What was said stands in the input: change it, or clear it with Ctrl+C.')
}

const undoFiles = async (desk: Desk): Promise<void> => {
  const id = desk.driver.conversation().session()
  if (id === undefined) return desk.driver.tell('info', 'This conversation is not stored, and so are no files.')
  const { files } = await storeOf(desk).undo(id, {})
  const lines = files.map(({ path, what }) => `${path}: ${what}`)
  desk.driver.tell('info', lines.length === 0 ? 'No files were changed.' : lines.join('\n'))
}
