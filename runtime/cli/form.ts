import type { AskForm, Form, FormAnswer } from '../core/form.ts'
import { fieldsOf } from '../core/form-fields.ts'
import type { Json } from '../core/json.ts'
import { type Terminal, write } from './terminal.ts'
import { typedLine } from './typed-line.ts'

/**
 * Asks the person at the terminal, a line a field. It is written to standard error: what is printed of a run is the same
 * in a replay, where nobody is asked. Ctrl-D declines.
 */
export const formAt =
  (terminal: Terminal): AskForm =>
  async (form, signal) => {
    await write(terminal.stderr, `\n${headOf(form)}: ${plain(form.message)}\n`)
    if (form.url !== undefined) await write(terminal.stderr, `Open this address:\n\n  ${plain(form.url)}\n\n`)
    const fields = form.schema === undefined || form.url !== undefined ? [] : fieldsOf(form.schema)
    if (fields.length === 0) return await agreed(form, terminal, signal)
    await write(terminal.stderr, 'An empty line leaves a field out; Ctrl-D declines.\n')
    const content: [name: string, value: Json][] = []
    for (const { name, prompt, read } of fields) {
      const value = await answerTo(prompt, read, { terminal, signal })
      if (value === declined) return { action: 'decline' }
      if (value !== undefined) content.push([name, value])
    }
    return { action: 'accept', content: Object.fromEntries(content) }
  }

const headOf = ({ from, title }: Form): string =>
  title === undefined ? `${from} asks` : `${from} asks about ${plain(title).replaceAll('\n', ' ')}`

const declined = Symbol('declined')

const agreed = async ({ url }: Form, terminal: Terminal, signal: AbortSignal): Promise<FormAnswer> => {
  const question = url === undefined ? 'Do you agree? (yes or no)' : 'Have you done it? (yes or no)'
  const read = (typed: string): boolean => {
    if (/^(y|yes)$/i.test(typed.trim())) return true
    if (/^(n|no)$/i.test(typed.trim())) return false
    throw new Error('Type yes or no.')
  }
  const answer = await answerTo(question, read, { terminal, signal })
  return answer === true ? { action: 'accept' } : { action: 'decline' }
}

/** Asks until the answer fits. */
const answerTo = async <Value>(
  prompt: string,
  read: (typed: string) => Value,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
): Promise<Value | typeof declined> => {
  await write(terminal.stderr, `${plain(prompt)}\n`)
  for (;;) {
    const typed = await typedLine(terminal, { prompt: '? ' }, signal)
    if (typed === undefined) return declined
    try {
      return read(typed)
    } catch (error) {
      await write(terminal.stderr, `${error instanceof Error ? error.message : error}\n`)
    }
  }
}

/** What a server wrote must not move the cursor or change colours: it could make a question look like another. */
const plain = (text: string): string => text.replace(/(?!\n)\p{Cc}/gu, '')
