import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { binaryTag, CORE_SCHEMA, load } from 'js-yaml'
import { expect, test } from 'vitest'
import { createCassette } from '../runtime/cassette/file/file.ts'
import type { Interaction } from '../runtime/core/cassette.ts'
import { exports } from '../runtime/team/tapes/exporting.ts'
import { importRecording } from '../runtime/team/tapes/importing.ts'
import { cassetteAt } from '../runtime/team/tapes/reading.ts'
import { helloAgent, toolAgent } from './support/agents.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { modelCall, said, toolCall } from './support/interactions.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'
import { wildFolder } from './support/wild.ts'

const textOf = async (path: string, to: keyof typeof exports): Promise<string> =>
  [...(await exports[to](cassetteAt(path))).text].join('')

const all = (path: string): Interaction[] => {
  const { entries, load } = cassetteAt(path)
  return entries.map(({ id }) => load(id))
}

const withoutKeys = (interactions: readonly Interaction[]) => interactions.map(({ key: _, ...rest }) => rest)

/** Recordings of every kind: all examples, cut off, failed, slim, of bytes, of lanes side by side. */
const odd: readonly Interaction[] = [
  said(1, '"quoted" and 12'),
  said(2, '12'),
  modelCall(3, { model: 'gpt-4o', messages: [] }, 'Hello 🌊'),
  modelCall(4, { model: 'gpt-4o', n: 1.5e300 }, 'Slow', {
    lane: 'root/transfer_task:1/writer',
    agent: 'writer',
    rank: 5,
  }),
  { ...toolCall(5, 'shell', { cmd: 'ls' }, 'a\r\nb'), rank: 4 },
  { ...toolCall(6, 'list', {}, ''), response: { status: 200, body: [{ type: 'text', text: '1' }] } },
  modelCall(7, 'no JSON', 'x', { response: { status: 200, body: '//4AAQ==', encoding: 'base64', chunks: '4+7' } }),
  modelCall(8, { model: 'm' }, 'x', {
    response: { status: 429, headers: { 'retry-after': '1' }, body: '{"error":{}}' },
  }),
  modelCall(9, { model: 'm' }, 'x', { response: { status: 200, said: { text: 'Short', stop: 'end' } }, key: 'key' }),
  modelCall(10, { model: 'm' }, 'x', {
    state: 'interrupted',
    response: { status: 200, body: 'data: {"cho', chunks: '11+3' },
  }),
  modelCall(11, null, 'x', {
    state: 'failed',
    response: { status: 0, error: { code: 'model-unavailable', message: 'Gone', hint: 'Wait' } },
  }),
]

const writtenTo = async (folder: string): Promise<string> => {
  const path = join(folder, 'odd.yaml')
  const writer = createCassette(path, {
    reprise: '0.1.0',
    recorded: '2026-01-02T03:04:05.678Z',
    home: '/home/me',
    workingDirectory: '/home/me/work',
  })
  for (const interaction of odd) writer.append(interaction)
  await writer.close(undefined)
  return path
}

const surroundings = { env: {}, home: '/home/other', workingDirectory: '/elsewhere', now: () => new Date(0) }

test('what was exported as HAR is imported as the same cassette, and is played back without that', async () => {
  await using folder = await temporaryFolder()
  const paths = [await writtenTo(folder.path), ...readdirSync('cassettes').map(name => resolve('cassettes', name))]
  for (const path of paths) {
    const har = join(folder.path, 'exported.har')
    writeFileSync(har, await textOf(path, 'har'))
    const to = join(folder.path, 'again', path.split('/').at(-1)!)
    await importRecording(har, to, surroundings)
    expect(all(har)).toEqual(all(path))
    // The keys of those that no run has made are none.
    const told = path.endsWith('odd.yaml') ? withoutKeys : (them: readonly Interaction[]) => them
    expect(told(all(to))).toEqual(told(all(path)))
    expect(cassetteAt(to).header).toEqual(cassetteAt(path).header)
  }
})

// What HAR 1.2 requires of each object (http://www.softwareishard.com/blog/har-12-spec).
const text = expect.any(String)
const number = expect.any(Number)
const list = expect.any(Array)
const entry = {
  startedDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  time: number,
  request: {
    method: text,
    url: text,
    httpVersion: text,
    cookies: list,
    headers: list,
    queryString: list,
    headersSize: number,
    bodySize: number,
  },
  response: {
    status: number,
    statusText: text,
    httpVersion: text,
    cookies: list,
    headers: list,
    content: { size: number, mimeType: text, text },
    redirectURL: text,
    headersSize: number,
    bodySize: number,
  },
  cache: {},
  timings: { send: number, wait: number, receive: number },
}

test('an export is HAR 1.2 with all that it requires, and what it does not know stands under "_reprise"', async () => {
  await using folder = await temporaryFolder()
  for (const path of [
    await writtenTo(folder.path),
    ...readdirSync('cassettes').map(name => resolve('cassettes', name)),
  ]) {
    const { log } = JSON.parse(await textOf(path, 'har'))
    expect(log).toMatchObject({ version: '1.2', creator: { name: 'Reprise', version: text }, entries: list })
    let before = ''
    for (const one of log.entries) {
      expect(one).toMatchObject(entry)
      expect(one.timings.send + one.timings.wait + one.timings.receive).toBe(one.time)
      expect(one.response.content.size).toBe(
        Buffer.from(one.response.content.text, one.response.content.encoding).length,
      )
      const { postData } = one.request
      if (postData) expect(postData).toEqual({ mimeType: text, text })
      for (const header of one.response.headers) expect(header).toEqual({ name: text, value: text })
      expect(Object.keys(one).filter(key => !(key in entry))).toEqual(['_reprise'])
      expect(one.startedDateTime >= before).toBe(true)
      before = one.startedDateTime
    }
  }
})

/** cagent takes an interaction of the same method and URL, whose body is the same text but for these. */
const compared = (body: string): string =>
  body
    .replaceAll(/call_[a-z0-9-]+/g, 'call_ID')
    .replaceAll(/"(?:max_(?:output_)?tokens|maxOutputTokens)":\d+,?/g, '')
    .replaceAll(/"thinkingConfig":\{[^}]*\},?/g, '')

type GoVcr = {
  version: number
  interactions: {
    id: number
    request: {
      method: string
      url: string
      host: string
      body: string
      proto: string
      proto_major: number
      headers: object
    }
    response: { code: number; status: string; body: string; headers: object; duration: string }
  }[]
}

test.skipIf(!wildFolder)("cagent's cassettes, imported and exported, still answer what cagent asks", async () => {
  await using folder = await temporaryFolder()
  const tapes = join(wildFolder!, 'cagent-e2e/testdata/cassettes')
  for (const name of readdirSync(tapes)) {
    const to = join(folder.path, name)
    await importRecording(join(tapes, name), to, surroundings)
    const theirs = load(readFileSync(join(tapes, name), 'utf8')) as GoVcr
    const ours = load(await textOf(to, 'go-vcr')) as GoVcr
    expect(ours.version).toBe(2)
    const told = ({ request, response }: GoVcr['interactions'][number]) => ({
      method: request.method,
      url: request.url,
      host: request.host,
      body: compared(request.body),
      code: response.code,
      answer: response.body,
    })
    expect(ours.interactions.map(told)).toEqual(theirs.interactions.map(told))
  }
})

const schema = CORE_SCHEMA.withTags(binaryTag)

test('an export for go-vcr has the fields of go-vcr, and comes back as the calls that were in it', async () => {
  await using folder = await temporaryFolder()
  const path = await writtenTo(folder.path)
  const { text: pieces, left } = await exports['go-vcr'](cassetteAt(path))
  const exported = [...pieces].join('')
  expect(left).toBe(6)
  const { interactions } = load(exported, { schema }) as GoVcr
  expect(interactions.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4])
  expect(interactions[0]).toEqual({
    id: 0,
    request: {
      proto: 'HTTP/1.1',
      proto_major: 1,
      proto_minor: 1,
      content_length: 0,
      host: 'api.openai.com',
      body: '{"model":"gpt-4o","messages":[]}',
      headers: {},
      url: 'https://api.openai.com/v1/chat/completions',
      method: 'POST',
    },
    response: {
      proto: 'HTTP/2.0',
      proto_major: 2,
      proto_minor: 0,
      content_length: -1,
      body: odd[2]?.response.body,
      headers: { 'Content-Type': ['text/event-stream'] },
      status: '200 OK',
      code: 200,
      duration: '3ms',
    },
  })
  const theirs = join(folder.path, 'theirs.yaml')
  writeFileSync(theirs, exported)
  const to = join(folder.path, 'again.yaml')
  await importRecording(theirs, to, surroundings)
  const plain = ({ request, response: { status, headers, body, encoding } }: Interaction) => ({
    request,
    response: { status, ...(headers && { headers }), body, ...(encoding && { encoding }) },
  })
  expect(all(to).slice(0, 3).map(plain)).toEqual([odd[2], odd[3], odd[6]].map(one => plain(one!)))
})

test('places are put back for a recorder that compares texts', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const writer = createCassette(path, {
    reprise: '0.1.0',
    recorded: '2026-01-01T00:00:00.000Z',
    home: '/home/me',
    workingDirectory: '/srv/app',
  })
  writer.append(
    modelCall(
      1,
      { model: 'gpt-4o', messages: [{ content: 'in ${working-directory}/x of ${home}' }] },
      'It is ${working-directory}.',
    ),
  )
  await writer.close(undefined)
  const [one] = (load(await textOf(path, 'go-vcr')) as GoVcr).interactions
  expect(one?.request.body).toContain('in /srv/app/x of /home/me')
  expect(one?.response.body).toContain('It is /srv/app.')
  expect(await textOf(path, 'har')).toContain('in ${working-directory}/x of ${home}')
})

test('a run with tools goes through HAR and back on the command line, and replays from both', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'hello.yaml': helloAgent, 'data.txt': 'salt\n' })
  await using server = await providerServer([
    { toolCalls: [{ name: 'read_file', input: { path: 'data.txt' } }] },
    { text: 'It says salt.' },
  ])
  const { path: cwd } = folder
  const args = ['exec', 'agent.yaml', 'What does data.txt say?']
  const run = await reprise([...args, '--record=tape', '--yolo'], { cwd, env: server.env })
  expect(run.code).toBe(0)
  mkdirSync(join(cwd, 'out'))
  const exported = await reprise(['cassette', 'export', 'tape', '--to', 'har', '-o', 'out/tape.har'], { cwd })
  expect(exported).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(await reprise(['cassette', 'import', 'out/tape.har', '-o', 'back'], { cwd })).toMatchObject({ code: 0 })
  for (const name of ['out/tape.har', 'back']) {
    const replayed = await reprise(['replay', name], { cwd, ...noNetwork })
    expect(replayed).toMatchObject({ code: 0, stdout: run.stdout })
  }
  const goVcr = await reprise(['cassette', 'export', 'tape', '--to', 'go-vcr'], { cwd })
  expect(goVcr.stdout).toMatch(/^---\nversion: 2\ninteractions:\n {4}- id: 0\n/)
  expect(goVcr.stderr).toMatch(
    /^\d interactions are left out: go-vcr holds HTTP that was answered to its end, and no more\.\n$/,
  )
})

test('an export to a place that cannot be written, or in a format that is none, is told', async () => {
  await using folder = await folderWith({})
  const cassette = resolve('cassettes/hello.yaml')
  const lost = await reprise(['cassette', 'export', cassette, '--to', 'har', '-o', 'no/such/file.har'], {
    cwd: folder.path,
  })
  expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining('file.har cannot be written') })
  const unknown = await reprise(['cassette', 'export', cassette, '--to', 'pdf'], { cwd: folder.path })
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('har, go-vcr') })
  expect(readdirSync(folder.path)).toEqual([])
})
