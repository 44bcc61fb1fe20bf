import type { Path, RunEvent } from '../core/event.ts'
import type { ToolCall, ToolResult } from '../core/message.ts'
import type { ToolContext } from '../core/tool.ts'

type At = { readonly path: Path; readonly agent: string; readonly call: ToolCall }
type Report = NonNullable<ToolContext['report']>

/** Milliseconds between two events of a call: as fast as lines are read, slower than programs write. */
const glance = 80
/** Characters of one event; of more, the end is told. */
const most = 16_384

/**
 * A call, with what it reports while it works told in between. Whoever takes the events slowly holds up no tool: what waits
 * is bounded, and the newest of it is kept.
 */
export async function* told(
  { path, agent, call: { id, name } }: At,
  work: (report: Report) => Promise<ToolResult>,
): AsyncGenerator<RunEvent, ToolResult> {
  const pending = new Pending()
  const result = work(text => pending.add(text))
  const over = result.then(
    () => pending.end(),
    () => pending.end(),
  )
  try {
    for (let next = await pending.next(); next; next = await pending.next()) {
      yield { path, agent, type: 'tool-output-delta', id, name, ...next }
    }
    return await result
  } finally {
    await over
  }
}

/** What was reported and not told yet. */
class Pending {
  #text = ''
  #skipped = 0
  #isOver = false
  #timer: NodeJS.Timeout | undefined
  #wake: () => void = () => undefined

  add(text: string): void {
    const all = this.#text + text
    this.#text = all.length > most ? lastLines(all) : all
    this.#skipped += all.length - this.#text.length
    if (!this.#timer) this.#wake()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isOver = true
    this.#wake()
  }

  async next(): Promise<{ readonly text: string; readonly skipped?: number } | undefined> {
    while (!this.#isOver && (this.#text === '' || this.#timer)) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    if (this.#text === '') return undefined
    const next = { text: this.#text, ...(this.#skipped > 0 && { skipped: this.#skipped }) }
    this.#text = ''
    this.#skipped = 0
    if (!this.#isOver) this.#timer = setTimeout(() => this.#rested(), glance)
    return next
  }

  #rested(): void {
    this.#timer = undefined
    this.#wake()
  }
}

/** The end of a text, from the beginning of a line where there is one: a control sequence or a character cut in two is none. */
const lastLines = (text: string): string => {
  const end = text.slice(-most / 2)
  const line = end.indexOf('\n') + 1
  return line > 0 ? end.slice(line) : end.replace(/^[\udc00-\udfff]/, '')
}
