import type { Path, RunEvent } from '../core/event.ts'

/**
 * Parallel work told one thing after the other: depth first, in the model's order; and what ran in the background when
 * whoever began it waits for it. What arrives early is held back, so that the same run prints the same bytes whoever
 * finished first.
 */
export async function* inOrder(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
  const open: Path[] = []
  /** What is not told before its task is, task by task: there may be much of it. */
  const later = new Map<string, RunEvent[]>()
  let held: RunEvent[] = []
  const hold = (event: RunEvent): void => {
    const task = unbegun(event.path, open)?.join()
    if (task === undefined) held.push(event)
    else listIn(later, task).push(event)
  }
  for await (const event of events) {
    hold(event)
    for (let next = ready(held, open); next; next = ready(held, open)) {
      const told = next
      held = held.filter(other => other !== told)
      const begun = note(told, open).flatMap(task => taken(later, task.join()))
      // All this came before whatever follows here.
      if (begun.length > 0) for (const early of [...begun, ...held.splice(0)]) hold(early)
      yield told
    }
  }
}

/** Keeps what is being told, from the beginning of a call, or of a task in the background, to its end. Gives the tasks that begin. */
const note = (told: RunEvent, open: Path[]): Path[] => {
  if (told.type === 'tool-call') open.push(told.path)
  if (told.type === 'background') {
    const tasks = told.calls.map(call => [...told.path, -call])
    open.push(...tasks)
    return tasks
  }
  if (told.type === 'tool-end' || (told.type === 'agent-end' && isTask(told.path))) {
    const place = open.findIndex(path => isSame(path, told.path))
    if (place >= 0) open.splice(place, 1)
  }
  return []
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

const ready = (held: readonly RunEvent[], open: readonly Path[]): RunEvent | undefined =>
  held.find(event => !open.some(call => isBefore(call, event.path)))

const isTask = (path: Path): boolean => (path.at(-1) ?? 0) < 0

/** The outermost task that this is in and that is not being told yet. */
const unbegun = (path: Path, open: readonly Path[]): Path | undefined => {
  const level = path.findIndex(
    (index, level) => index < 0 && !open.some(task => isSame(task, path.slice(0, level + 1))),
  )
  return level === -1 ? undefined : path.slice(0, level + 1)
}

/** A call comes before everything that is not inside it and starts at a later sibling; so does a task. */
const isBefore = (call: Path, path: Path): boolean => {
  const depth = call.findIndex((index, level) => path[level] !== index)
  const mine = call[depth]
  const other = path[depth]
  if (mine === undefined || other === undefined) return false
  return mine < 0 && other < 0 ? mine > other : mine < other && mine > 0
}

const isSame = (a: Path, b: Path): boolean => a.length === b.length && a.every((index, level) => index === b[level])
