import type { Path, RunEvent } from '../core/event.ts'

/**
 * Parallel work told one thing after the other: depth first, in the model's order; and what ran in the background when
 * whoever began it waits for it. What arrives early is held back, so that the same run prints the same bytes whoever
 * finished first.
 */
export async function* inOrder(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
  const telling = new Telling()
  /** What is not told before its task is, task by task: there may be much of it. */
  const later = new Map<string, RunEvent[]>()
  let held: RunEvent[] = []
  const hold = (event: RunEvent): void => {
    const task = telling.unbegun(event.path)?.join()
    if (task === undefined) held.push(event)
    else listIn(later, task).push(event)
  }
  for await (const event of events) {
    // What a tool writes just now is of no use later, and may be much.
    if (event.type === 'tool-output-delta' && !telling.isAt(event.path)) continue
    hold(event)
    for (let next = telling.ready(held); next; next = telling.ready(held)) {
      const told = next
      held = held.filter(other => other !== told)
      const task = telling.note(told)?.join()
      const begun = task === undefined ? [] : taken(later, task)
      // All this came before whatever follows here.
      if (begun.length > 0) for (const early of [...begun, ...held.splice(0)]) hold(early)
      yield told
    }
  }
}

/** What is being told: calls, from their beginning to their end, and of an agent's tasks one after the other. */
class Telling {
  readonly #open: Path[] = []
  readonly #next = new Map<string, number[]>()

  ready(held: readonly RunEvent[]): RunEvent | undefined {
    return held.find(event => !this.#open.some(call => isBefore(call, event.path)))
  }

  /** Whether what happens there now is told at once. */
  isAt(path: Path): boolean {
    return this.unbegun(path) === undefined && !this.#open.some(call => isBefore(call, path))
  }

  /** The outermost task that this is in and that is not being told yet. */
  unbegun(path: Path): Path | undefined {
    const level = path.findIndex((index, level) => index < 0 && !this.#isOpen(path.slice(0, level + 1)))
    return level === -1 ? undefined : path.slice(0, level + 1)
  }

  /** Takes note of what was told. Gives the task that begins with it, if one does. */
  note(told: RunEvent): Path | undefined {
    const { type, path } = told
    if (type === 'tool-call') this.#open.push(path)
    if (type === 'background') {
      this.#next.set(path.join(), [...told.calls])
      return this.#begin(path)
    }
    if (type === 'tool-end') this.#close(path)
    if (type !== 'agent-end' || (path.at(-1) ?? 0) > 0) return undefined
    if (path.length === 0) return undefined
    this.#close(path)
    return this.#begin(path.slice(0, -1))
  }

  #begin(agent: Path): Path | undefined {
    const call = this.#next.get(agent.join())?.shift()
    const task = call === undefined ? undefined : [...agent, -call]
    if (task) this.#open.push(task)
    return task
  }

  #close(path: Path): void {
    const place = this.#open.findIndex(other => isSame(other, path))
    if (place >= 0) this.#open.splice(place, 1)
  }

  #isOpen(path: Path): boolean {
    return this.#open.some(other => isSame(other, path))
  }
}

const listIn = (later: Map<string, RunEvent[]>, task: string): RunEvent[] => {
  const events = later.get(task) ?? []
  later.set(task, events)
  return events
}

const taken = (later: Map<string, RunEvent[]>, task: string): RunEvent[] => {
  const events = later.get(task) ?? []
  later.delete(task)
  return events
}

/** A call comes before everything that is not inside it and starts at a later sibling. */
const isBefore = (call: Path, path: Path): boolean => {
  const depth = call.findIndex((index, level) => path[level] !== index)
  const mine = call[depth]
  const other = path[depth]
  return mine !== undefined && other !== undefined && mine > 0 && mine < other
}

const isSame = (a: Path, b: Path): boolean => a.length === b.length && a.every((index, level) => index === b[level])
