import { expect, test } from 'vitest'
import { checked, loaded } from './support/config.ts'

test('version 0: providers were types, and toolsets were switches', () => {
  const file = loaded(`version: 0
agents:
  root:
    name: root
    model: m
    todo: { shared: true }
    think: true
    toolsets: [{ type: shell }]
  other:
    model: m
    todo: true
    think: false
models:
  m: { type: openai, model: gpt-4o }
`)
  expect(file.models).toEqual({ m: { provider: 'openai', model: 'gpt-4o' } })
  expect(file.agents).toEqual([
    { name: 'root', model: 'm', toolsets: [{ type: 'todo', shared: true }, { type: 'think' }, { type: 'shell' }] },
    { name: 'other', model: 'm', toolsets: [{ type: 'todo' }] },
  ])
})

test('mistakes in an old file are told where they are written', () => {
  const text = `version: "0"
agents:
  root:
    model: m
    todo: true
    think: 3
    memory: a.db
    toolsets: [{ type: shell }, { type: shel }]
models:
  m: { type: opnai, model: gpt-4o }
`
  expect(checked(text).problems).toEqual([
    '6:12: "think" is not what it was in version 0.',
    '7:13: "memory" is not what it was in version 0.',
    '8:41: "type" cannot be "shel".',
    '10:14: There is no provider "opnai".',
  ])
})

test.each([
  ['env: { A: b }', '1:15: The key "env" went with version 2, and had no successor.'],
  [
    'models: { m: { provider: openai, model: a, env: { A: b } } }',
    '1:58: The key "env" went with version 2, and had no successor.',
  ],
  [
    'agents: { root: { toolsets: [{ type: shell, env_file: a.env }] } }',
    '1:59: The key "env_file" went with version 2, and had no successor.',
  ],
])('version 1: %s is refused', (line, problem) => {
  const [agents] = line.startsWith('agents') ? [''] : [', agents: { root: {} }']
  expect(checked(`{ version: 1, ${line}${agents} }`).problems).toEqual([problem])
})

test('version 1: what was empty is not missed', () => {
  expect(
    loaded('{ version: 1, env: {}, agents: { root: { toolsets: [{ type: shell, env_file: [] }] } } }').agents,
  ).toHaveLength(1)
})

test.each([
  [2, 'permissions: { allow: [a] }', 3],
  [3, 'permissions: { ask: [a] }', 4],
  [3, 'metadata: { description: a }', 4],
  [0, 'metadata: { author: a }', 1],
])('version %s does not know %s', (version, line, first) => {
  const text = `{ version: ${version}, agents: { root: {} }, ${line} }`
  expect(checked(text).problems.map(problem => problem.replace(/^.*: The key "\w+"/, ''))).toEqual([
    ` came with version ${first}, and this file says version ${version}.`,
  ])
})

test('an agent of version 3 has no fallback', () => {
  const text = 'version: 3\nagents:\n  root:\n    fallback: { retries: 1 }\n'
  expect(checked(text).problems).toEqual(['4:5: The key "fallback" came with version 4, and this file says version 3.'])
})

test('version 5: a shell in a container is refused, never run without it', () => {
  const text = 'version: 5\nagents: { root: { toolsets: [{ type: shell, sandbox: { paths: [.] } }] } }\n'
  expect(checked(text).problems).toEqual(['2:45: not supported yet: running the shell in a container'])
})

test('an agent may repeat its name; another is not used', () => {
  expect(loaded('agents: { root: { name: root } }').agents).toEqual([{ name: 'root' }])
  const { file, warnings } = checked('agents: { root: { name: boss } }')
  expect(file?.agents).toEqual([{ name: 'root' }])
  expect(warnings).toEqual(['1:25: warning: The agent is called "root", by its key; the name here is not used.'])
})

test("a mapping for a thinking budget is left out, as cagent's own tests have it", () => {
  const text =
    'models: { m: { provider: openai, model: a, thinking_budget: { effort: medium } } }\nagents: { root: { model: m } }\n'
  const { file, warnings } = checked(text)
  expect(file?.models?.['m']).toEqual({ provider: 'openai', model: 'a' })
  expect(warnings).toEqual(['1:44: warning: A mapping is no budget, and is left out, as cagent does.'])
})
