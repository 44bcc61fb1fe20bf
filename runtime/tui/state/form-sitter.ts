import type { AskForm, FormAnswer } from '../../core/form.ts'
import { fillingOf } from './form.ts'
import type { Watched } from './watched.ts'

export type FormSitter = { readonly ask: AskForm; readonly answerForm: (id: number, answer: FormAnswer) => void }

/** Forms that a person is asked to fill in, each until it is answered or called off. */
export const formsAt = (store: Watched): FormSitter => {
  const waiting = new Map<number, (answer: FormAnswer) => void>()
  let ids = 0
  const ask: AskForm = async (form, signal) => {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<FormAnswer>()
    const id = ++ids
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    waiting.set(id, resolve)
    store.tell({ type: 'form-asked', filling: fillingOf(id, form) })
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      if (waiting.delete(id)) store.tell({ type: 'form-over', id })
    }
  }
  const answerForm = (id: number, answer: FormAnswer) => {
    const resolve = waiting.get(id)
    if (!resolve) return
    waiting.delete(id)
    store.tell({ type: 'form-over', id, answer })
    resolve(answer)
  }
  return { ask, answerForm }
}
