import { writeSync } from 'node:fs'
import { createCassette } from '../../runtime/cassette/file/file.ts'
import { toolCall } from '../support/interactions.ts'

/**
 * A process that records: `recorder.ts PATH COUNT wait|close|count`. It tells in a line of JSON what came of so many
 * interactions, then waits to be killed, or closes the recording and tells of that. With `count` it tells a dot for each.
 */
const [path = '', count = '1', then = 'close'] = process.argv.slice(2)
let appended = 0
const tell = (what: object) => process.stdout.write(`${JSON.stringify({ ...what, appended })}\n`)

try {
  const writer = createCassette(path, { reprise: '0.1.0', recorded: '2026-01-01T00:00:00.000Z' })
  try {
    for (let id = 1; id <= Number(count); id++) {
      writer.append(toolCall(id, 'shell', { cmd: `echo ${id}` }, `${id}\n${'output '.repeat(40)}`))
      appended += 1
      if (then === 'count') writeSync(1, '.')
    }
    tell({})
  } catch (error) {
    tell({ ...(error as Error), message: (error as Error).message })
  }
  if (then === 'wait') setInterval(() => undefined, 1000)
  else tell(await writer.close(appended < Number(count) ? new Error('full') : undefined))
} catch (error) {
  tell({ ...(error as Error), message: (error as Error).message })
}
