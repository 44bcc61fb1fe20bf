import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localWorkspace } from '../runtime/workspace/local.ts'
import { scriptToolset } from '../tools/script.ts'
import { temporaryFolder } from './support/temp.ts'
import { callsTo, toolNamed, workspaceIn } from './support/toolset.ts'

test('a script is a tool with typed parameters, all required unless it says otherwise', async () => {
  const toolset = scriptToolset({
    shell: {
      images: { cmd: 'docker images $img', args: { img: { description: 'Image' } } },
      repos: {
        cmd: 'echo $user $count',
        description: 'Repositories',
        args: { user: { type: 'string' }, count: { type: 'integer' } },
        required: ['user'],
      },
    },
  })
  expect((await toolNamed(toolset, 'images')).description).toBe('Execute shell command: docker images $img')
  expect((await toolNamed(toolset, 'images')).parameters).toEqual({
    type: 'object',
    properties: { img: { type: 'string', description: 'Image' } },
    required: ['img'],
    additionalProperties: false,
  })
  const tools = await toolset.open(new AbortController().signal)
  expect(tools.map(({ name, readOnly }) => [name, readOnly])).toEqual([
    ['images', undefined],
    ['repos', undefined],
  ])
  expect(tools[1]?.parameters['required']).toEqual(['user'])
})

test('arguments are variables, as they are written in JSON', async () => {
  await using folder = await temporaryFolder()
  const script = {
    cmd: 'printf "%s|" "$text" "$number" "$yes" "$list" "$none"',
    args: { text: {}, number: { type: 'number' }, yes: { type: 'boolean' }, list: { type: 'array' }, none: {} },
    required: ['text'],
  }
  const call = callsTo(scriptToolset({ shell: { show: script } }), {
    workspace: localWorkspace({ root: folder.path, env: { PATH: process.env['PATH'] ?? '', none: 'leaked' } }),
  })
  const input = { text: 'a b', number: 3, yes: true, list: ['x', 1], none: null }
  expect((await call('show', input)).text).toBe('a b|3|true|["x",1]||')
})

test('nothing in an argument is read as shell', async () => {
  await using folder = await temporaryFolder()
  const call = callsTo(scriptToolset({ shell: { say: { cmd: 'printf "%s" "$text"; : $text', args: { text: {} } } } }), {
    workspace: workspaceIn(folder.path),
  })
  const hostile = [
    "'; touch hacked; '",
    '"; touch hacked; "',
    '$(touch hacked)',
    '`touch hacked`',
    '\n touch hacked\n',
    '${IFS}',
    '\\',
  ]
  for (const text of hostile) expect((await call('say', { text })).text).toBe(text.trim())
  const texts = fc.string({
    unit: fc.constantFrom("'", '"', '$', '(', ')', '`', ';', '\\', '\n', ' ', '&', '|', '>', 'x'),
  })
  await fc.assert(
    fc.asyncProperty(texts, async text => {
      expect((await call('say', { text })).text).toBe(text.trim() || '<no output>')
    }),
    { numRuns: 60 },
  )
  expect(await readdir(folder.path)).toEqual([])
})

test('arguments that are not as they were declared are refused, and nothing is run', async () => {
  await using folder = await temporaryFolder()
  const script = {
    cmd: 'touch ran',
    args: { n: { type: 'integer' }, word: { enum: ['a', 'b'] }, either: { type: ['string', 'null'] } },
    required: ['n'],
  }
  const call = callsTo(scriptToolset({ shell: { run: script } }), { workspace: workspaceIn(folder.path) })
  const problems = async (input: Parameters<typeof call>[1]) => (await call('run', input)).text.split('\n').slice(0, -1)
  expect(await problems({})).toEqual(['The parameter n is missing.'])
  expect(await problems({ n: '3; rm x', word: 'c', LD_PRELOAD: 'x' })).toEqual([
    'The parameter n must be of the type integer, not "3; rm x".',
    'The parameter word must be one of a, b, not "c".',
    'There is no parameter LD_PRELOAD.',
  ])
  expect((await call('run', { n: 1, either: 'a\0b' })).text).toContain('null byte')
  expect(await readdir(folder.path)).toEqual([])
})

test('a script runs where and with what the file says, and tells how it failed', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'sub'))
  const call = callsTo(
    scriptToolset({
      env: { A: 'set', B: 'set' },
      shell: {
        where: { cmd: 'pwd; echo $A $B', env: { B: 'own' }, working_dir: 'sub' },
        fails: { cmd: 'echo oops >&2; exit 2' },
        silent: { cmd: 'true' },
      },
    }),
    { workspace: workspaceIn(folder.path) },
  )
  expect((await call('where')).text).toBe(`${join(folder.path, 'sub')}\nset own`)
  expect(await call('fails')).toMatchObject({
    text: "Error executing command 'echo oops >&2; exit 2': exit status 2\nOutput: oops",
    failed: true,
  })
  expect((await call('silent')).text).toBe('<no output>')
})

test('a script that could never run is a mistake of the file', () => {
  expect(() => scriptToolset({ shell: { x: { cmd: 'true', args: { a: {} }, required: ['b'] } } })).toThrow(
    "The tool x has required arg 'b' which is not defined in args.",
  )
  expect(() => scriptToolset({ shell: { x: { cmd: 'true', args: { 'my-arg': {} } } } })).toThrow(
    "The arg 'my-arg' of the tool x cannot be a variable of the shell.",
  )
})
