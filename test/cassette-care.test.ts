import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foundInText } from '../runtime/cassette/care/check-places.ts'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import { loadSettings } from '../runtime/config/settings.ts'
import { toolAgent } from './support/agents.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const patterns =
  'secrets:\n  patterns:\n    acme-token: acme_[a-z0-9]{12,}\n  fields: [door code]\n  variables: [ACME_LICENCE]\n'
const token = 'acme_0123456789abcdef'

type Case = {
  readonly answers?: readonly ProviderStep[]
  readonly files?: Record<string, string>
  readonly env?: Record<string, string>
}

const plainAnswers: readonly ProviderStep[] = [
  {
    toolCalls: [{ name: 'shell', input: { cmd: `echo ${token}; echo '"door_code": 4711'; echo lemon-lion-lantern` } }],
  },
  { text: `It says ${token}, and more that is long enough to be written once and repeated by its name.` },
  { text: 'Good.' },
]

/** A run of two messages, recorded, with settings beside it or without. */
const recorded = async ({ answers = plainAnswers, files = {}, env = {} }: Case = {}) => {
  const folder = await folderWith({ 'agent.yaml': toolAgent, ...files })
  await using server = await providerServer(answers)
  const args = ['exec', 'agent.yaml', '--record=tape', '--yolo', 'Look.', 'Fine.']
  const run = await reprise(args, { cwd: folder.path, env: { ...server.env, ...env } })
  expect(run.code).toBe(0)
  const path = join(folder.path, 'tape.yaml')
  return {
    run,
    path,
    folder: folder.path,
    text: () => readFileSync(path, 'utf8'),
    edit: (change: (text: string) => string) => writeFileSync(path, change(readFileSync(path, 'utf8'))),
    cassette: (...words: string[]) => reprise(['cassette', ...words], { cwd: folder.path, ...noNetwork }),
    replay: () => reprise(['replay', 'tape'], { cwd: folder.path, ...noNetwork }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

test('what a project says of its credentials keeps them out of recordings, and a replay needs none of it', async () => {
  await using tape = await recorded({
    files: { '.reprise/settings.yaml': patterns },
    env: { ACME_LICENCE: 'lemon-lion-lantern' },
  })
  const text = tape.text()
  expect(text).not.toContain(token)
  expect(text).not.toContain('lemon-lion-lantern')
  expect(text).not.toMatch(/code\W+4711/)
  expect(text).toContain('${secret:acme-token}')
  expect(text).toContain('${secret:ACME_LICENCE}')
  expect(text).toContain('redaction:')
  await using elsewhere = await folderWith({ 'tape.yaml': text, 'agent.yaml': toolAgent })
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Look.', 'Fine.'], {
    cwd: elsewhere.path,
    ...noNetwork,
  })
  expect(replayed).toMatchObject({ code: 0, stderr: '' })
})

test('check tells a credential by file, line, column and kind, and never the credential', async () => {
  await using tape = await recorded()
  expect(await tape.cassette('check', 'tape')).toMatchObject({ code: 0, stderr: '1 file, no credential in any.\n' })
  tape.edit(text => text.replace('body: Fine.', 'body: My key is sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789.'))
  const { code, stdout, stderr } = await tape.cassette('check', 'tape')
  const line =
    tape
      .text()
      .split('\n')
      .findIndex(text => text.includes('sk-ant-')) + 1
  const column = (tape.text().split('\n')[line - 1] ?? '').indexOf('sk-ant-') + 1
  expect(code).toBe(1)
  expect(stdout).toMatch(
    new RegExp(`^tape\\.yaml:${line}:${column}: anthropic-key \\(interaction \\d+, request\\.body\\)\n$`),
  )
  expect(stderr).toContain('reprise cassette redact tape.yaml')
  expect(stdout + stderr).not.toContain('abcdefghij')
  const json = await tape.cassette('check', 'tape', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({
    files: 1,
    findings: [{ path: 'tape.yaml', line, column, what: 'anthropic-key' }],
  })
})

test('a credential that is repeated by name, or by a request that goes on, is told where it stands', async () => {
  await using tape = await recorded()
  await using folder = await folderWith({ '.reprise/settings.yaml': patterns, 'tape.yaml': tape.text() })
  const { stdout } = await reprise(['cassette', 'check', 'tape'], { cwd: folder.path })
  const lines = tape.text().split('\n')
  const places = [...stdout.matchAll(/^tape\.yaml:(\d+):(\d+): acme-token/gm)].map(([, line, column]) =>
    (lines[Number(line) - 1] ?? '').slice(Number(column) - 1, Number(column) - 1 + token.length),
  )
  // One stands in the pieces of a stream, whose lines show no more than a part each.
  expect(places.filter(shown => shown !== token)).toHaveLength(1)
  expect(places.filter(shown => shown === token)).toHaveLength(lines.filter(line => line.includes(token)).length)
})

test('any file can be checked, as hooks before a commit do', async () => {
  await using folder = await folderWith({
    'notes.txt': 'one\n  password: hunter2-and-more\n',
    'clean.txt': 'nothing here\n',
  })
  const found = await reprise(['cassette', 'check', 'notes.txt', 'clean.txt'], { cwd: folder.path })
  expect(found).toMatchObject({ code: 1 })
  expect(found.stdout).toMatch(/^notes\.txt:2:\d+: password\n$/)
  expect(await reprise(['cassette', 'check', 'clean.txt'], { cwd: folder.path })).toMatchObject({ code: 0, stdout: '' })
})

test('redact cleans an old cassette in its place, and it plays as before', async () => {
  await using tape = await recorded()
  await using settings = await folderWith({ '.reprise/settings.yaml': patterns, 'tape.yaml': tape.text() })
  const clean = await reprise(['cassette', 'redact', 'tape'], { cwd: settings.path })
  expect(clean.stdout).toMatch(/^tape\.yaml: replaced \d+ acme-token/)
  expect(clean.stderr).toContain('revoke them')
  const text = readFileSync(join(settings.path, 'tape.yaml'), 'utf8')
  expect(text).not.toContain(token)
  expect(await reprise(['cassette', 'check', 'tape'], { cwd: settings.path })).toMatchObject({ code: 0, stdout: '' })
  const again = await reprise(['cassette', 'redact', 'tape'], { cwd: settings.path })
  expect(again).toMatchObject({ stdout: 'tape.yaml: there is no credential in it.\n', stderr: '' })
  expect(readFileSync(join(settings.path, 'tape.yaml'), 'utf8')).toBe(text)
  const replayed = await reprise(['replay', 'tape'], { cwd: settings.path, ...noNetwork })
  expect(replayed.stdout).toBe(
    tape.run.stdout.replaceAll(token, '${secret:acme-token}').replaceAll('4711', '${secret:door-code}'),
  )
})

const foreign = (words: string, body = `{"choices":[{"message":{"content":"${words}"}}]}`): string =>
  `---\nversion: 2\ninteractions:\n    - id: 0\n      request:\n        method: POST\n        url: https://api.openai.com/v1/chat/completions\n        body: '{"model":"gpt-4o","messages":[{"role":"user","content":"${words}"}]}'\n      response:\n        body: |\n          ${body}\n        status: 200 OK\n`

test('a cassette of cagent is cleaned too, and keeps its layout', async () => {
  const key = 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789'
  await using folder = await folderWith({ 'tape.yaml': foreign(`use ${key}`) })
  const found = await reprise(['cassette', 'check', 'tape'], { cwd: folder.path })
  expect(found.stdout).toMatch(/^tape\.yaml:8:.*\ntape\.yaml:11:.*\n$/)
  await reprise(['cassette', 'redact', 'tape'], { cwd: folder.path })
  expect(readFileSync(join(folder.path, 'tape.yaml'), 'utf8')).toBe(foreign('use ${secret:anthropic-key}'))
})

test('what stands in pieces in a cassette of cagent is told, and nothing is done by halves', async () => {
  const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}`
  const text = foreign('x', `${chunk('sk-ant-api03-abcdefghijk')}\n\n          ${chunk('lmnopqrstuvwxyz0123456789')}`)
  await using folder = await folderWith({ 'tape.yaml': text })
  const made = await reprise(['cassette', 'redact', 'tape'], { cwd: folder.path })
  expect(made).toMatchObject({ code: 2, stdout: '' })
  expect(made.stderr).toContain('is as it was: what stands there in pieces cannot be replaced in its layout.')
  expect(readFileSync(join(folder.path, 'tape.yaml'), 'utf8')).toBe(text)
})

test('settings that are wrong are told with their place, and nothing runs', async () => {
  const wrong =
    'secrets:\n  fields: pin\n  patern:\n    x: y\norigins:\n  - url: https://llm.acme.example/v1\n    provider: acme\n    protocol: telepathy\n'
  await using folder = await folderWith({ '.reprise/settings.yaml': wrong, 'agent.yaml': toolAgent })
  const { code, stdout, stderr } = await reprise(['exec', 'agent.yaml', '--dry-run'], { cwd: folder.path })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('settings.yaml:3:3: There is no setting "patern".')
  expect(stderr).toContain('Did you mean patterns?')
  expect(stderr).toContain('settings.yaml:2:11: "secrets.fields" is missing, or of another kind.')
  expect(stderr).toContain('Expected one of openai-chat, openai-responses, anthropic-messages, gemini.')
  const source = { path: 's.yaml', text: 'secrets:\n  patterns:\n    bad: "a("\n' }
  expect(() => loadSettings(source)).toThrow('s.yaml:3:11: This is no regular expression')
})

test('an origin that the project names is read in the protocol that it speaks', async () => {
  const origins = 'origins:\n  - url: https://llm.acme.example/api\n    provider: acme\n    protocol: openai-chat\n'
  const text = foreign('Hello').replace(
    'https://api.openai.com/v1/chat/completions',
    'https://llm.acme.example/api/ask',
  )
  await using folder = await folderWith({ 'tape.yaml': text, '.reprise/settings.yaml': origins })
  const { stdout } = await reprise(['cassette', 'show', 'tape', '--id', '0', '--json'], { cwd: folder.path })
  expect(JSON.parse(stdout)).toMatchObject({
    request: { provider: 'acme', protocol: 'openai-chat', operation: '/ask' },
  })
})

test('fields and patterns of a project count wherever they stand, and placeholders stay as they are', () => {
  const redactor = redactorOf({
    secrets: {},
    home: '',
    workingDirectory: '',
    extra: [{ fields: ['door code'], patterns: { acme: 'acme-\\d+', broken: '(' } }],
  })
  expect(redactor.json({ doorCode: 'abc', door_code: 12, DoorCode: '', code: 12 })).toEqual({
    doorCode: '${secret:door-code}',
    door_code: '${secret:door-code}',
    DoorCode: '',
    code: 12,
  })
  expect(redactor.text('Door-Code: abc; x=1&door_code=9&y=2 "door code": "q"')).toBe(
    'Door-Code: ${secret:door-code}; x=1&door_code=${secret:door-code}&y=2 "door code": "${secret:door-code}"',
  )
  expect(redactor.body('{"a": "acme-12", "doorCode": 12345678}')).toBe(
    '{"a": "${secret:acme}", "doorCode": "${secret:door-code}"}',
  )
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('doorCode', ':', ' ', '"', 'acme-1', '7', '${secret:x}', '=', ',')),
      pieces => {
        const once = redactor.text(pieces.join(''))
        expect(redactor.text(once)).toBe(once)
      },
    ),
  )
})

test('columns point at what was found, also behind placeholders', () => {
  const redactor = redactorOf({ secrets: { K: 'my-own-secret' }, home: '', workingDirectory: '' })
  const line = 'a ${secret:K} then my-own-secret and again my-own-secret'
  expect(foundInText(`x\n${line}`, redactor)).toEqual([
    { line: 2, column: line.indexOf('my-own') + 1, what: 'K' },
    { line: 2, column: line.lastIndexOf('my-own') + 1, what: 'K' },
  ])
})

const extra =
  '  - id: 90\n    request:\n      method: CALL\n      url: tool:shell\n      body:\n        cmd: never\n    response:\n      body: nobody asked\n    state: complete\n'

test('lint tells what is unused, edited, unsafe, torn or missing, with the line', async () => {
  await using tape = await recorded()
  expect(await tape.cassette('lint', 'tape')).toMatchObject({ code: 0, stdout: '' })
  tape.edit(text => text.replace('body: Fine.', 'body: Fine!') + extra)
  const broken = await tape.cassette('lint', 'tape')
  expect(broken.code).toBe(1)
  expect(broken.stdout).toMatch(/^tape\.yaml:\d+: note: Interaction \d+: Its key does not fit its request/m)
  expect(broken.stdout).toContain('[unplayable]')
  tape.edit(text => text.replace('body: Fine!', 'body: Fine.'))
  const keyed = tape.text()
  tape.edit(text => text.slice(0, -extra.length).replaceAll(/^ {4}key: .*$/gm, '    key: old'))
  const old = await tape.cassette('lint', 'tape')
  expect(old).toMatchObject({ code: 0 })
  expect(old.stdout).toMatch(/^tape\.yaml:\d+: note: The keys of 7 interactions do not fit their requests: .*\n$/)
  tape.edit(() => keyed)
  const line = tape.text().split('\n').indexOf('  - id: 90') + 1
  const unused = await tape.cassette('lint', 'tape')
  expect(unused).toMatchObject({
    code: 1,
    stdout: `tape.yaml:${line}: warning: Interaction 90: No run asks for CALL tool:shell. [unreachable]\n`,
  })
  tape.edit(text => text.slice(0, -extra.length).replace('text: Good.', 'text: Bad.'))
  const edited = await tape.cassette('lint', 'tape')
  expect(edited.code).toBe(0)
  expect(edited.stdout).toContain('What stands under "said" was edited, and is what is played. [edited]')
  tape.edit(text => text.slice(0, -30))
  const torn = await tape.cassette('lint', 'tape')
  expect(torn.code).toBe(1)
  expect(torn.stdout).toContain('is torn and was left out')
})

test('lint tells of tools that ran outside, and of what is too large', async () => {
  await using tape = await recorded()
  const call = /\n {2}- id: \d+\n(?: {4}\w.*\n)* {4}request:\n {6}method: (?:CALL|RULE)\n[\s\S]*?state: complete(?=\n)/g
  tape.edit(text => text.replaceAll(call, ''))
  const live = await tape.cassette('lint', 'tape')
  expect(live.code).toBe(1)
  expect(live.stdout).toContain('The model calls shell, and nothing tells what came of it. [live-tools]')
  await using folder = await folderWith({ 'tape.yaml': foreign('Hello', `{"a":"${'x'.repeat(1_100_000)}"}`) })
  const large = await reprise(['cassette', 'lint', 'tape'], { cwd: folder.path })
  expect(large.stdout).toContain(
    'tape.yaml:1: warning: It holds model calls only: in a replay, tools run for real. [live-tools]',
  )
  expect(large.stdout).toContain('tape.yaml:4: warning: Interaction 0: It has 1.1 MB. [oversize]')
})

test('prune takes out what nobody asks for, and nothing else', async () => {
  await using tape = await recorded()
  const whole = tape.text()
  expect((await tape.cassette('prune', 'tape')).stdout).toBe('tape.yaml: all of it is used.\n')
  expect(tape.text()).toBe(whole)
  tape.edit(text => text + extra)
  const { code, stdout } = await tape.cassette('prune', 'tape')
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'tape.yaml: took out 1 of 8 interactions.\n  90 CALL tool:shell\n',
  })
  expect(tape.text()).toBe(whole)
  expect((await tape.replay()).stdout).toBe(tape.run.stdout)
})

test('prune leaves a cassette that does not play as it is', async () => {
  await using tape = await recorded()
  tape.edit(text => text.replace('body: Fine.', 'body: Fine!') + extra)
  const whole = tape.text()
  const pruned = await tape.cassette('prune', 'tape')
  expect(pruned).toMatchObject({ code: 3, stdout: '' })
  expect(pruned.stderr).toContain('is as it was: it does not play to its end.')
  expect(tape.text()).toBe(whole)
})
