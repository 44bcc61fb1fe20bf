import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../../core/errors.ts'
import { textOf } from '../../core/message.ts'
import { named, warned } from '../input/attaching.ts'
import type { Desk } from '../state/desk.ts'
import { jsonOf, markdownOf } from '../transcript.ts'
import type { Commands } from './command.ts'

/** What goes out of the conversation, and into it. */
export const take: Commands = {
  copy: {
    takes: '[code]',
    meaning: 'put the last answer, or its last code, on the clipboard',
    run: (desk, what) => {
      const answer = lastAnswer(desk)
      const text = what === 'code' ? lastCode(answer) : answer
      if (text === '')
        return desk.driver.tell('info', what === 'code' ? 'There is no code.' : 'There is no answer yet.')
      // OSC 52: the terminal puts it on the clipboard, also from afar.
      desk.tty.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`)
      desk.driver.tell('info', `Copied ${text.length} characters, if your terminal lets programs do that.`)
    },
  },
  export: {
    takes: '[file]',
    meaning: 'write the conversation into a file: Markdown, or JSON where its name ends with .json',
    run: async (desk, name) => {
      const { messages, agent } = desk.store.state()
      const path = resolve(desk.workingDirectory, name || nameAt(agent, desk.store.state().now))
      const text = path.endsWith('.json') ? jsonOf(messages) : markdownOf(messages, agent)
      await written(path, text)
      desk.driver.tell('info', `Written: ${path}`)
    },
  },
  attach: {
    takes: '[file]',
    meaning: 'send a file along with the next message; without one, send none',
    run: (desk, path) => {
      const { store, driver } = desk
      if (path === '') return store.tell({ type: 'attached', attached: [] })
      const { part } = named(desk, path)
      store.tell({ type: 'attached', attached: [...store.state().attached, { name: path, part }] })
      driver.tell('info', `${path} goes along with the next message.`)
      warned(desk, [part])
    },
  },
  shell: {
    takes: 'command',
    meaning: 'run a command in your shell, as does !command; the agent is told with the next message',
    run: async (desk, command) => {
      if (command === '') return desk.driver.tell('info', 'Which command? For example: !git status')
      await desk.shell.run(command)
    },
  },
  title: {
    takes: 'text',
    meaning: 'name the conversation, and the window',
    run: async ({ tty, driver, sessions }, text) => {
      if (text === '') return driver.tell('info', 'Which title? For example: /title The bug in the parser')
      tty.title(text)
      const id = driver.conversation().session()
      if (id !== undefined) await sessions?.rename(id, text)
      driver.tell('info', `This is «${text}» now.`)
    },
  },
}

/** `root-2026-11-26-14-05-09.md`. */
const nameAt = (agent: string, now: number): string =>
  `${agent || 'conversation'}-${new Date(now).toISOString().slice(0, 19).replace(/[T:]/g, '-')}.md`

const lastAnswer = ({ store }: Desk): string => {
  const said = store.state().messages.findLast(({ role, ...message }) => role === 'assistant' && 'content' in message)
  return said?.role === 'assistant' ? textOf(said.content).trim() : ''
}

const lastCode = (answer: string): string => [...answer.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].at(-1)?.[1] ?? ''

/** A file that is there is not written over. */
const written = async (path: string, text: string): Promise<void> => {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Failure('usage', `${path} cannot be written (${code === 'EEXIST' ? 'it is there already' : code}).`)
  }
}
