import type { Answer } from '../core/border.ts'
import type { Path, RunEvent } from '../core/event.ts'
import type { World } from '../loop/run.ts'
import type { Terminal } from './terminal.ts'

const noTerminal =
  'A tool call needs approval and there is no terminal to ask at: it was refused. --yolo approves every call that no rule denies.\n'

/** Who approves tool calls. `told` is called for each event that has been printed: nobody is asked before he can read what about. */
export type Person = { readonly ask: World['person']; readonly told: (event: RunEvent) => void }

/** The person at the terminal, one key an answer; where there is no terminal, a refusal that says so once. */
export const personAt = ({ stdin, stdout, stderr }: Terminal): Person => {
  const questions = new Map<string, PromiseWithResolvers<void>>()
  const questionAt = (path: Path) => {
    const question = questions.get(path.join('.')) ?? Promise.withResolvers<void>()
    questions.set(path.join('.'), question)
    return question
  }
  const canAnswer = stdin.isTTY && stdout.isTTY
  let refused = false

  const ask: World['person'] = async ({ path }, signal) => {
    if (canAnswer) {
      await questionAt(path).promise
      return answers[await readKey(stdin, 'ya', signal)] ?? { verdict: 'no' }
    }
    if (!refused) stderr.write(noTerminal)
    refused = true
    return { verdict: 'no' }
  }
  return { ask, told: event => event.type === 'question' && questionAt(event.path).resolve() }
}

const answers: Readonly<Record<string, Answer>> = { y: { verdict: 'yes' }, a: { verdict: 'always' } }

/** The next key of `keys`, or n, or Ctrl-C, which is passed on as the signal it stands for. */
const readKey = (stdin: NodeJS.ReadStream, keys: string, signal: AbortSignal): Promise<string> =>
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
    const onData = (data: Buffer) => {
      const key = data.toString().toLowerCase()
      if (key === '\x03') process.kill(process.pid, 'SIGINT')
      if (!`${keys}n`.includes(key)) return
      leave()
      resolve(key)
    }
    stdin.setRawMode(true)
    stdin.resume()
    stdin.on('data', onData)
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
