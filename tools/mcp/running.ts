import type { ToolContext } from '../../runtime/core/tool.ts'
import type { Idle } from './idle.ts'

type Report = ToolContext['report']

/** The calls of a session that run: their clocks, and who looks at them. */
export class Running {
  readonly #calls = new Set<{ readonly idle: Idle; readonly report: Report }>()

  /** Until it is disposed of. */
  begin(idle: Idle, report: Report): Disposable {
    const call = { idle, report }
    this.#calls.add(call)
    return { [Symbol.dispose]: () => void this.#calls.delete(call) }
  }

  /** Their clocks stand still while a person is asked something. */
  async during<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    const held = [...this.#calls]
    for (const { idle } of held) idle.hold()
    try {
      return await question()
    } finally {
      for (const { idle } of held) idle.release()
    }
  }

  /** What the server says beside its answers is about the call that runs; of several nobody knows which it means. */
  says(text: string): void {
    const [only, ...others] = this.#calls
    if (others.length === 0) only?.report?.(`${text.slice(0, longest)}\n`)
  }
}

/** Characters of what a server says at a time that are shown. */
const longest = 2000

type Progress = {
  readonly progress: number
  readonly total?: number | undefined
  readonly message?: string | undefined
}

/** Numbers alone are written over themselves, words are a line each. */
export const progressText = ({ progress, total, message = '' }: Progress): string => {
  const far = total === undefined ? `${progress}` : `${progress}/${total}`
  return `\r\x1b[K${message === '' ? far : `${message.slice(0, longest)} (${far})\n`}`
}
