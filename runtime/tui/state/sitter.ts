import type { Answer } from '../../core/border.ts'
import type { AskPerson, Question } from '../../team/approval.ts'
import type { Watched } from './watched.ts'

type Deciding = { readonly id: number; readonly decide: (answer: Answer) => void }

/** Questions of calls, each until it is answered or called off. Under yolo the answer is known before. */
export const sitterAt = (store: Watched): { readonly person: AskPerson; readonly answer: (answer: Answer) => void } => {
  const asked: Deciding[] = []
  let ids = 0
  const person: AskPerson = async (question, signal) => {
    const rules = await question.suggested()
    signal.throwIfAborted()
    if (store.state().isYolo) return { verdict: 'always' }
    const { promise, resolve: decide, reject } = Promise.withResolvers<Answer>()
    const one = { id: ++ids, decide }
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    asked.push(one)
    store.tell({ type: 'asked', id: one.id, path: question.path, call: question.call, why: whyOf(question), rules })
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      forget(one)
    }
  }
  const forget = (one: Deciding) => {
    const index = asked.indexOf(one)
    if (index < 0) return
    asked.splice(index, 1)
    store.tell({ type: 'decided', id: one.id })
  }
  const answer = (answer: Answer) => {
    const [first, ...others] = asked
    if (!first) return
    if (answer.verdict === 'always') store.tell({ type: 'settings', isYolo: true })
    // Calls of one reply are all asked about at once: «always» means those that wait too.
    for (const one of answer.verdict === 'always' ? [first, ...others] : [first]) {
      forget(one)
      one.decide(answer)
    }
  }
  return { person, answer }
}

const whyOf = ({ rule, reason = '' }: Question): string =>
  [...(rule === undefined ? [] : [`Asked because of the rule "${rule}".`]), reason].join(' ').trim()
