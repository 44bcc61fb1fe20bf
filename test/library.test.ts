import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import nock from 'nock'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failure, failures, inOrder, type OpenOptions, open, type RunEvent } from '../runtime/index.ts'
import { examplesWith } from './servers/scripts.ts'
import { temporaryFolder } from './support/temp.ts'

beforeEach(() => nock.disableNetConnect())
afterEach(() => nock.enableNetConnect())

/** Options of a replay of an example, in a folder that is empty, with nobody to ask. */
const optionsFor = (name: string, workingDirectory: string): OpenOptions => ({
  source: { path: `agents/${name}.yaml`, text: readFileSync(`agents/${name}.yaml`, 'utf8') },
  env: {},
  home: workingDirectory,
  workingDirectory,
  cassettesFrom: resolve('.'),
  models: [],
  promptFiles: [],
  fake: name,
  strict: true,
  yolo: false,
  person: async () => ({ verdict: 'no' }),
  notice: text => expect.fail(text),
  fetch: () => expect.fail('a replay fetched something'),
  now: () => expect.fail('a replay asked for the time'),
})

const said = async (options: OpenOptions, message: string): Promise<RunEvent[]> => {
  const conversation = await open(options)
  const signal = new AbortController().signal
  const events = await Array.fromAsync(inOrder(conversation.say([{ type: 'text', text: message }], signal)))
  const { notices, failure } = await conversation.close(undefined)
  expect({ notices, failure }).toEqual({ notices: [], failure: undefined })
  return events
}

test.each(Object.entries(examplesWith('')))(
  'a program replays the example %s with no clock, no network and no question',
  async (name, { message }) => {
    await using folder = await temporaryFolder()
    const events = await said(optionsFor(name, folder.path), message)
    expect(events.at(-1)).toMatchObject({ type: 'agent-end', path: [], reason: 'done' })
  },
)

test('a program is told what went wrong as a Failure with a code', async () => {
  await using folder = await temporaryFolder()
  const failed = said(optionsFor('hello', folder.path), 'What is a record?').catch((error: unknown) => error)
  expect(await failed).toBeInstanceOf(Failure)
  expect(await failed).toMatchObject({ code: 'cassette-miss' })
  expect(failures['cassette-miss'].exit).toBe(3)
})
