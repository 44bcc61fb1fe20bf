import type { Path, RunEvent } from '../core/event.ts'

/**
 * Parallel work told one thing after the other: depth first, in the model's order. What arrives early
 * is held back, so that the same run prints the same bytes whoever finished first.
 */
export async function* inOrder(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
  const open: Path[] = []
  let held: RunEvent[] = []
  for await (const event of events) {
    held.push(event)
    for (let next = ready(held, open); next; next = ready(held, open)) {
      const told = next
      held = held.filter(other => other !== told)
      if (told.type === 'tool-call') open.push(told.path)
      if (told.type === 'tool-end')
        open.splice(
          open.findIndex(path => isSame(path, told.path)),
          1,
        )
      yield told
    }
  }
}

const ready = (held: readonly RunEvent[], open: readonly Path[]): RunEvent | undefined =>
  held.find(event => !open.some(call => isBefore(call, event.path)))

/** A call comes before everything that is not inside it and starts at a later sibling. */
const isBefore = (call: Path, path: Path): boolean => {
  const depth = call.findIndex((index, level) => path[level] !== index)
  const mine = call[depth]
  const other = path[depth]
  return mine !== undefined && other !== undefined && mine < other
}

const isSame = (a: Path, b: Path): boolean => a.length === b.length && a.every((index, level) => index === b[level])
