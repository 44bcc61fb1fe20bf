import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import { isJsonObject, type Json } from '../runtime/core/json.ts'
import { recordedCalls, unreadFormats, wildFolder, wildIndex } from './support/wild.ts'

const redactor = redactorOf({ secrets: {}, home: '', workingDirectory: '' })

/** Real traffic in which nothing was left to hide: what is changed here is changed wrongly. The index names what is known. */
const calls = wildIndex()
  .filter(({ format }) => !unreadFormats[format])
  .flatMap(({ file }) =>
    recordedCalls(file).map(call => ({ file, ...call, text: Buffer.from(call.responseBody).toString() })),
  )

/** What was taken for a secret, with the letters before. One agent is told a password to use; else there is nothing to hide. */
const changed = (file: string, before: string, after: string): string[] => {
  const hidden = [...after.matchAll(/(.{0,60})\$\{secret:([^}]*)\}/g)].filter(([, , name]) => name !== 'password')
  if (hidden.length > 0 || (before !== after && !before.includes('password')))
    return [file, ...hidden.map(([line]) => line)]
  return []
}

test.skipIf(!wildFolder)(
  'real answers keep their ids, signatures, digests and media: no byte is altered but a password told to a tool',
  () => {
    const found = calls.flatMap(({ file, text }) => changed(file, text, redactor.body(text)))
    expect(calls.length).toBeGreaterThan(500)
    expect(found).toEqual([])
  },
)

test.skipIf(!wildFolder)('real requests keep all their words, and are redacted alike as JSON and as text', () => {
  for (const { file, requestBody, url } of calls) {
    if (!isJsonObject(requestBody)) continue
    const body = JSON.stringify(requestBody)
    const redacted = JSON.stringify(redactor.json(requestBody as Json))
    expect(redactor.text(body), file).toBe(redacted)
    expect(changed(file, body, redacted)).toEqual([])
    expect(redactor.text(url), file).toBe(url)
  }
})

test.skipIf(!wildFolder)(
  'real answers that are streams are redacted as streams: to redact twice is to redact once',
  () => {
    for (const { file, text } of calls) {
      const once = redactor.body(text)
      expect(redactor.body(once), file).toBe(once)
    }
  },
)

test.skipIf(!wildFolder)('agent files keep all their words', () => {
  const folder = join(wildFolder ?? '', 'agents')
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8')
    expect(redactor.text(text), file).toBe(text)
  }
})
