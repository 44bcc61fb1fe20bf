import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { dump } from 'js-yaml'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const url = 'https://api.openai.com/v1/chat/completions'
const stream = 'data: {"choices":[{"index":0,"delta":{"content":"Salt."}}]}\n\ndata: [DONE]\n\n'

type Exchange = { readonly asked: unknown; readonly answer: string }

/** As Python's vcrpy writes them. */
const vcrpyText = (exchanges: readonly Exchange[], more: object = {}): string =>
  dump({
    interactions: exchanges.map(({ asked, answer }) => ({
      request: {
        body: JSON.stringify(asked),
        headers: { authorization: ['Bearer sk-proj-abcdefghijklmnopqrstuvwx0123456789'], host: ['api.openai.com'] },
        method: 'POST',
        uri: url,
      },
      response: {
        body: { string: answer },
        headers: { 'Content-Type': ['text/event-stream'], 'Set-Cookie': ['__cf_bm=AbCdEfGh1234567890'] },
        status: { code: 200, message: 'OK' },
      },
      ...more,
    })),
    version: 1,
  })

const some = vcrpyText([{ asked: { model: 'gpt-4o' }, answer: stream }])

/** A run of the hello agent, and what vcrpy would have recorded of it. */
const recordedRun = async () => {
  const folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'Salt, of course.' }])
  const args = ['exec', 'agent.yaml', 'What is in the sea?']
  const run = await reprise([...args, '--record=tape'], { cwd: folder.path, env: server.env })
  expect(run).toMatchObject({ code: 0 })
  const shown = await reprise(['cassette', 'export', 'tape', '--to', 'har'], { cwd: folder.path })
  const { log } = JSON.parse(shown.stdout) as {
    log: {
      entries: { request: { method: string; postData: { text: string } }; response: { content: { text: string } } }[]
    }
  }
  const calls = log.entries.filter(({ request }) => request.method === 'POST')
  const exchanges = calls.map(({ request, response }) => ({
    asked: JSON.parse(request.postData.text) as unknown,
    answer: response.content.text,
  }))
  writeFileSync(join(folder.path, 'theirs.yaml'), vcrpyText(exchanges))
  return { folder, run, args }
}

test('a recording by vcrpy is played back as it is, and as the cassette that was imported of it', async () => {
  const { folder, run, args } = await recordedRun()
  await using _ = folder
  const cwd = folder.path
  const direct = await reprise([...args, '--fake', 'theirs.yaml'], { cwd, ...noNetwork })
  expect(direct).toMatchObject({ code: 0, stdout: run.stdout })

  const imported = await reprise(['cassette', 'import', 'theirs.yaml'], { cwd })
  expect(imported).toMatchObject({
    code: 0,
    stdout: 'cassettes/theirs.yaml: 1 interaction, 1 of them model calls, from theirs.yaml (vcrpy).\n',
    stderr: '',
  })
  const played = await reprise([...args, '--fake', 'cassettes/theirs.yaml'], { cwd, ...noNetwork })
  expect(played).toMatchObject({ code: 0, stdout: run.stdout })
  expect((await reprise(['cassette', 'show', 'cassettes/theirs.yaml'], { cwd })).stdout).toContain(
    'imported from vcrpy',
  )
  const other = await reprise(['exec', 'agent.yaml', 'What is in the air?', '--fake', 'theirs.yaml'], { cwd })
  expect(other.code).toBe(3)
})

test('what is imported holds no credential, and no header field but what says how to read it', async () => {
  const key = `sk-${'ant'}-api03-${'aB3dE6gH'.repeat(11)}-aBcDeFAA`
  const asked = { model: 'gpt-4o', user: key, note: 'my key is hunter2-hunter2' }
  await using folder = await folderWith({ 'theirs.yaml': vcrpyText([{ asked, answer: stream }]) })
  const { path: cwd } = folder
  const env = { SOME_API_KEY: 'hunter2-hunter2' }
  await reprise(['cassette', 'import', 'theirs.yaml', '-o', 'ours'], { cwd, env })
  const text = readFileSync(join(cwd, 'ours.yaml'), 'utf8')
  expect(text).not.toMatch(/sk-ant|sk-proj|hunter2|__cf_bm|authorization|api.openai.com\b(?!\/)/i)
  expect(text).toContain('${secret:SOME_API_KEY}')
  expect(text).toMatch(/headers:\n +content-type: text\/event-stream\n/)
})

test('a packed recording, one in JSON, and one that names no host are imported under their own names', async () => {
  const cwd = 'app'
  // Two keys as the format has them; an object of them would be taken for a promise.
  const document = "when:\n  path: /v1/messages\n  method: POST\n  body: '{}'\nthen:\n  status: 200\n  body: '{}'\n"
  await using folder = await folderWith({
    'app/tapes/one.yaml.gz': gzipSync(some),
    'app/tapes/deep/two.json': JSON.stringify({
      interactions: [
        {
          request: { method: 'POST', uri: url, body: '{}' },
          response: { status: { code: 200 }, body: { string: 'x' } },
        },
      ],
    }),
    'app/tapes/three.yaml': document,
  })
  const options = { cwd: join(folder.path, cwd) }
  const run = await reprise(['cassette', 'import', 'tapes', '-o', 'made/'], options)
  expect(run).toMatchObject({
    code: 0,
    stdout: `made/deep/two.yaml: 1 interaction, 1 of them model calls, from tapes/deep/two.json (vcrpy).
made/one.yaml: 1 interaction, 1 of them model calls, from tapes/one.yaml.gz (vcrpy).
made/three.yaml: 1 interaction, 1 of them model calls, from tapes/three.yaml (httpmock).
`,
    stderr: 'tapes/three.yaml: It names no host, and is taken for traffic of https://api.anthropic.com.\n',
  })
  const other = await reprise(
    ['cassette', 'import', 'tapes/three.yaml', '-o', 'made/', '--origin', 'http://localhost:9'],
    options,
  )
  expect(other).toMatchObject({ code: 0, stderr: '' })
  expect(readFileSync(join(folder.path, cwd, 'made/three.yaml'), 'utf8')).toContain(
    'url: http://localhost:9/v1/messages',
  )
})

test('what cannot be imported is told, and the rest is imported all the same', async () => {
  await using folder = await folderWith({
    'agent.yaml': helloAgent,
    'a.yaml': some,
    'b.json': '{"models": [], "conversations": []}',
    'c.txt': 'Dear diary',
    'd.json': '{"log":',
  })
  const { path: cwd } = folder
  const run = await reprise(['cassette', 'import', 'a.yaml', 'b.json', 'c.txt', 'd.json', 'e.yaml'], { cwd })
  expect(run.code).toBe(2)
  expect(run.stdout).toContain('cassettes/a.yaml: 1 interaction')
  expect(run.stderr).toContain('b.json cannot be played back: it is a conversation of the Copilot SDK')
  expect(run.stderr).toContain('c.txt cannot be played back: it is none of the recordings that are read')
  expect(run.stderr).toContain('d.json cannot be played back: it is none of the recordings that are read')
  expect(run.stderr).toContain('e.yaml cannot be read: there is no such file')
  const fake = await reprise(['exec', 'agent.yaml', '--fake', 'b.json', 'Hi'], { cwd })
  expect(fake).toMatchObject({ code: 2, stderr: expect.stringContaining('it is a conversation of the Copilot SDK') })
})

test('nothing is written over but what was imported before, and two files never become one', async () => {
  await using folder = await folderWith({
    'a.yaml': some,
    'a.json': some,
    'old.yaml': `version: 2\nreprise: 0.1.0\nrecorded: "2026-01-01T00:00:00.000Z"\ninteractions:\n`,
  })
  const { path: cwd } = folder
  const before = readFileSync(join(cwd, 'old.yaml'), 'utf8')
  const taken = await reprise(['cassette', 'import', 'a.yaml', '-o', 'old'], { cwd })
  expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already, and was not imported') })
  expect(readFileSync(join(cwd, 'old.yaml'), 'utf8')).toBe(before)
  for (let time = 0; time < 2; time++) {
    expect(await reprise(['cassette', 'import', 'a.yaml', '-o', 'new'], { cwd })).toMatchObject({ code: 0 })
  }
  const both = await reprise(['cassette', 'import', 'a.yaml', 'a.json'], { cwd })
  expect(both).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a.yaml and a.json would both become cassettes/a.yaml'),
  })
  expect(existsSync(join(cwd, 'cassettes'))).toBe(false)
  const named = await reprise(['cassette', 'import', 'a.yaml', 'old.yaml', '-o', 'x'], { cwd })
  expect(named).toMatchObject({ code: 2, stderr: expect.stringContaining('x is no folder') })
  const ours = await reprise(['cassette', 'import', 'old.yaml'], { cwd })
  expect(ours).toMatchObject({ code: 2, stderr: expect.stringContaining('is a cassette of Reprise already') })
})

test('nothing that stands in a recording is run or built', async () => {
  const evil = `interactions:
- request: !!python/object/apply:os.system
    args: ["touch stolen"]
    body: !!python/object/apply:os.system ["touch stolen"]
    method: !!python/name:os.getcwd ''
    uri: !!python/unicode 'https://api.openai.com/v1/chat/completions'
  response: !ruby/object:Gem::Installer
    body: !!js/function 'function () { require("fs").writeFileSync("stolen", "") }'
    status: !!python/tuple {code: 200}
`
  const erb = `http_interactions:
- request:
    method: post
    uri: https://api.openai.com/v1/chat/completions
    body: {encoding: UTF-8, string: '{"model":"<%= \`touch stolen\` %>"}'}
  response:
    status: {code: 200, message: OK}
    body: {encoding: UTF-8, string: '<%= File.write("stolen", "") %>'}
recorded_with: VCR 6.4.0
`
  await using folder = await folderWith({ 'evil.yaml': evil, 'erb.yaml': erb })
  const { path: cwd } = folder
  const run = await reprise(['cassette', 'import', 'evil.yaml', 'erb.yaml'], { cwd })
  expect(run).toMatchObject({
    code: 0,
    stderr: 'erb.yaml: There is Ruby code in it (<% … %>), which is never run: it stands there as text.\n',
  })
  expect(existsSync(join(cwd, 'stolen'))).toBe(false)
  expect(readFileSync(join(cwd, 'cassettes/erb.yaml'), 'utf8')).toContain('<%= `touch stolen` %>')
})

test('a recording may name files beside it, and none elsewhere', async () => {
  const mapping = (bodyFileName: string) =>
    JSON.stringify({
      request: { url: '/v1/messages', method: 'POST', bodyPatterns: [{ equalToJson: '{}' }] },
      response: { status: 200, bodyFileName },
    })
  await using folder = await folderWith({
    'app/mappings/good.json': mapping('inner/body.json'),
    'app/mappings/up.json': mapping('../../secret.txt'),
    'app/mappings/far.json': mapping('/etc/passwd'),
    'app/mappings/none.json': mapping('nothing.json'),
    'app/__files/inner/body.json': '{"said":"Salt"}',
    'secret.txt': 'password',
  })
  const cwd = join(folder.path, 'app')
  const run = await reprise(['cassette', 'import', 'mappings'], { cwd })
  expect(run.code).toBe(2)
  expect(run.stdout).toContain('cassettes/good.yaml')
  expect(readFileSync(join(cwd, 'cassettes/good.yaml'), 'utf8')).toContain('{"said":"Salt"}')
  for (const name of ['../../secret.txt', '/etc/passwd', 'nothing.json']) {
    expect(run.stderr).toContain(`it names a file that is not beside it (${name})`)
  }
})

const laughs = `a: &a0 [${'lol, '.repeat(20)}]
${Array.from({ length: 12 }, (_, at) => `b${at}: &a${at + 1} [${`*a${at}, `.repeat(20)}]`).join('\n')}
`
const har = (text: string, more = {}): string =>
  JSON.stringify({
    log: { entries: [{ request: { url, method: 'POST' }, response: { status: 200, content: { text, ...more } } }] },
  })

test.each([
  ['aliases of aliases', 'bomb.yaml', `${laughs}${some}`, 'its aliases stand for more text than is read'],
  [
    'aliases of aliases in the layout of go-vcr',
    'bomb.yaml',
    `${laughs}interactions:\n- request: {url: "${url}", method: POST, body: *a12}\n  response: {body: x}\n`,
    'its aliases stand for more text than is read',
  ],
  [
    'merged aliases',
    'bomb.yaml',
    `a: &a {${Array.from({ length: 500 }, (_, at) => `k${at}: 1`).join(', ')}}\n${Array.from({ length: 100 }, (_, at) => `m${at}: {<<: *a}`).join('\n')}\n${some}`,
    'its aliases stand for more text than is read',
  ],
  ['lists in lists', 'bomb.yaml', `a: ${'['.repeat(3000)}${']'.repeat(3000)}\n${some}`, 'it is nested too deep'],
  ['lists in lists of JSON', 'bomb.json', `{"log": ${'['.repeat(5_000_000)}`, 'it is nested more than 200 deep'],
  [
    'a file that grows when it is unpacked',
    'bomb.yaml.gz',
    gzipSync(Buffer.alloc(80_000_000, ' ')),
    'what is packed in it is larger than 64 MB',
  ],
  [
    'a body that grows when it is unpacked',
    'bomb.har',
    har(gzipSync(Buffer.alloc(80_000_000)).toString('base64'), { encoding: 'base64' }),
    'what is packed in it is larger than 64 MB',
  ],
])('%s are refused with a sentence', async (_, name, content, why) => {
  await using folder = await folderWith({ [name]: content, 'agent.yaml': helloAgent })
  const { path: cwd } = folder
  const imported = await reprise(['cassette', 'import', name], { cwd, nodeArguments: ['--max-old-space-size=512'] })
  expect(imported).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(`${name} cannot be played back: ${why}.`),
  })
  const played = await reprise(['exec', 'agent.yaml', '--fake', name, 'Hi'], {
    cwd,
    nodeArguments: ['--max-old-space-size=512'],
  })
  expect(played).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(`cannot be played back: ${why}.`),
  })
})

test('a file of more than 64 MB is refused without being read', async () => {
  await using folder = await folderWith({ 'large.har': har('x') })
  truncateSync(join(folder.path, 'large.har'), 65 * 1024 * 1024)
  const run = await reprise(['cassette', 'import', 'large.har'], { cwd: folder.path })
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('it is larger than 64 MB') })
})
