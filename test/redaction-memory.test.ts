import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Megabytes that are in use when all has been collected that is not. */
const inUse = (): number => {
  collect()
  return process.memoryUsage().heapUsed / 1e6
}

/** A stream of about a megabyte as it comes from the network, with an id of its own in each event. */
const stream = (number: number): string => {
  const event = (word: string) =>
    `data: {"id":"chatcmpl-a-long-id-of-its-own-${number}","choices":[{"index":0,"delta":{"content":"${word} "}}]}\n\n`
  return Buffer.from(Array.from({ length: 9000 }, (_, index) => event(`word${index}`)).join('')).toString()
}

test('of the streams that were redacted no word keeps the whole in memory', () => {
  const redactor = redactorOf({
    secrets: { KEY: 'sk-a-secret-of-ours-0123456789' },
    home: '/home/me',
    workingDirectory: '/work',
  })
  for (const number of [1, 2]) redactor.body(stream(number))
  const before = inUse()
  for (let number = 3; number <= 22; number++) redactor.body(stream(number))
  // Twenty streams are twenty megabytes.
  expect(inUse() - before).toBeLessThan(4)
})

test('what was seen in a large stream is not kept when it has been redacted', () => {
  const redactor = redactorOf({
    secrets: { KEY: 'sk-a-secret-of-ours-0123456789' },
    home: '/home/me',
    workingDirectory: '/work',
  })
  redactor.body('data: {"a":"b"}\n\n')
  const before = inUse()
  redactor.body(stream(1))
  expect(inUse() - before).toBeLessThan(4)
})
