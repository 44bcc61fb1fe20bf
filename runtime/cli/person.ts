import type { Answer } from '../core/border.ts'
import type { Path, RunEvent } from '../core/event.ts'
import type { AskForm } from '../core/form.ts'
import type { AskPerson, Question } from '../team/approval.ts'
import { type Terminal, write } from './terminal.ts'

const nobody =
  'A tool call needs approval and there is no terminal to ask at: it was refused. --yolo approves every call that no rule denies.\n'

/** Who approves tool calls. `told` is called for each event that has been printed: nobody is asked before he can read what about. */
export type Person = {
  readonly ask: AskPerson
  /** Asks for more than a yes; absent where nobody can be asked. */
  readonly form?: AskForm
  readonly told: (event: RunEvent) => void
}

/**
 * The person at the terminal, one key an answer. Where there is no terminal, or nothing is shown on it (`canRead`), a
 * refusal that says so once.
 */
export const personAt = (terminal: Terminal, canRead: boolean): Person => {
  const questions = new Map<string, PromiseWithResolvers<void>>()
  const questionAt = (path: Path) => {
    const question = questions.get(path.join('.')) ?? Promise.withResolvers<void>()
    questions.set(path.join('.'), question)
    return question
  }
  const isThere = canRead && terminal.stdout.isTTY && terminal.stdin.isTTY
  const oneByOne = turns()
  let isRefused = false
  let isAll = false

  const refusal = async (): Promise<Answer> => {
    if (!isRefused) await write(terminal.stderr, nobody)
    isRefused = true
    return { verdict: 'no' }
  }
  const ask: AskPerson = async (question, signal) => {
    if (!isThere) return await refusal()
    await questionAt(question.path).promise
    return await oneByOne(async () => {
      // Calls of one reply are all asked about at once: «all» means those that wait too.
      const answer = isAll ? always : await answerTo(question, terminal, signal)
      isAll = answer === always
      return answer
    })
  }
  const form: AskForm = (asked, signal) =>
    oneByOne(async () => {
      signal.throwIfAborted()
      const { formAt } = await import('./form.ts')
      return await formAt(terminal)(asked, signal)
    })
  return { ask, ...(isThere && { form }), told: event => event.type === 'question' && questionAt(event.path).resolve() }
}

/** A terminal has one person: what several calls want to know at once is asked one after the other. */
const turns = (): (<Result>(question: () => Promise<Result>) => Promise<Result>) => {
  let last: Promise<unknown> = Promise.resolve()
  return question => {
    const next = last.then(question, question)
    last = next
    return next
  }
}

const always: Answer = { verdict: 'always' }
const answers: Readonly<Record<string, Answer>> = { y: { verdict: 'yes' }, a: always, n: { verdict: 'no' } }

const hint = '(? for more) '

/** Yes, all and no are one key; what takes more is loaded when it is wanted, and may lead back to the question. */
const answerTo = async (question: Question, terminal: Terminal, signal: AbortSignal): Promise<Answer> => {
  signal.throwIfAborted()
  await write(terminal.stderr, hint)
  for (;;) {
    const key = await readKey(terminal.stdin, signal)
    const answer = answers[key] ?? (await (await import('./choices.ts')).chosen(key, question, { terminal, signal }))
    if (answer) return answer
  }
}

const keys: readonly string[] = [...Object.keys(answers), 's', 'p', 'e', 'r', '?']

/** The arrow up is `ESC [ A`, and no answer; what is pressed next may come along with it. */
const arrows = /\p{Cc}(\[[\d;]*[A-Za-z~]|O[A-Z])/gu

/** The next key that is an answer, or Ctrl-C, which is passed on as the signal it stands for. */
const readKey = (stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    const leave = () => {
      stdin.off('data', onData)
      signal.removeEventListener('abort', onAbort)
      stdin.setRawMode(false)
      stdin.pause()
    }
    const onAbort = () => {
      leave()
      reject(signal.reason)
    }
    const onData = (data: Buffer | string) => {
      const key = data.toString().replace(arrows, '').slice(0, 1).toLowerCase()
      if (key === '\x03') process.kill(process.pid, 'SIGINT')
      if (!keys.includes(key)) return
      leave()
      resolve(key)
    }
    stdin.setRawMode(true)
    stdin.resume()
    stdin.on('data', onData)
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
