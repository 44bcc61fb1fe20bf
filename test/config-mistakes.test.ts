import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printProblem } from '../runtime/config/diagnose.ts'
import { checkAgentFile, loadAgentFile } from '../runtime/config/load.ts'
import { Failure } from '../runtime/core/errors.ts'
import { agentWith, checked, loaded } from './support/config.ts'

test('every mistake of a file is told at once, with its line, what was expected and what may have been meant', () => {
  const text = `agents:
  root:
    model: opnai/gpt-4o
    descripton: Leads
    add_date: yes
    toolsets:
      - type: filesytem
      - type: shell
        env: { TOKEN: $NOT_SET }
    sub_agents: [wbe]
    max_iterations: -1
  web:
    model: gtp
models:
  gpt:
    provider: openai
    model: gpt-4o
    max_tokens: many
`
  expect(checked(text).printed).toMatchInlineSnapshot(`
    "agent.yaml:3:12: There is no provider "opnai".
      3 |     model: opnai/gpt-4o
        |            ^^^^^^^^^^^^
        Did you mean openai/gpt-4o?
        Expected one of openai, anthropic, google, mistral, xai, ollama, dmr.
    agent.yaml:4:5: There is no key "descripton" in agent "root".
      4 |     descripton: Leads
        |     ^^^^^^^^^^
        Did you mean description?
    agent.yaml:5:15: "add_date" is the text "yes".
      5 |     add_date: yes
        |               ^^^
        Did you mean true?
        Expected true or false.
    agent.yaml:7:15: "type" cannot be "filesytem".
      7 |       - type: filesytem
        |               ^^^^^^^^^
        Did you mean filesystem?
        Expected one of filesystem, shell, think, todo, tasks, memory, script, fetch, mcp, api, a2a, lsp,
        user_prompt, openapi, model_picker, background_agents.
    agent.yaml:9:23: The environment variable NOT_SET is not set.
      9 |         env: { TOKEN: $NOT_SET }
        |                       ^^^^^^^^
    agent.yaml:10:18: There is no agent "wbe".
      10 |     sub_agents: [wbe]
         |                  ^^^
        Did you mean web?
        Expected web.
    agent.yaml:11:21: "max_iterations" is -1.
      11 |     max_iterations: -1
         |                     ^^
        Expected 0 or more.
    agent.yaml:13:12: There is no model "gtp".
      13 |     model: gtp
         |            ^^^
        Did you mean gpt?
        Expected gpt, or provider/model.
    agent.yaml:18:17: "max_tokens" is the text "many".
      18 |     max_tokens: many
         |                 ^^^^
        Expected a number."
  `)
})

test('a file that is loaded with mistakes fails with all of them', () => {
  const load = () => loadAgentFile({ path: 'a.yaml', text: agentWith('tols: 1\nadd_date: 3') }, { env: {} })
  expect(load).toThrow(Failure)
  expect(load).toThrow(/a\.yaml:4:5: .*\n[\s\S]*a\.yaml:5:15: /)
})

test.each([
  ['a key of something else', 'temperature: 0.5', '4:5: There is no key "temperature" in agent "root".'],
  ['text where a list belongs', 'sub_agents: web', '4:17: "sub_agents" is the text "web".'],
  ['a mapping where text belongs', 'instruction:\n  a: b', '4:5: "instruction" is a mapping.'],
  ['a fraction where a whole number belongs', 'max_iterations: 1.5', '4:21: "max_iterations" is 1.5.'],
  ['an item that is no text', 'add_prompt_files: [[a]]', '4:24: Item 1 of "add_prompt_files" is a list.'],
  ['a wrong duration', 'fallback: { cooldown: 1 minute }', '4:27: "cooldown" is the text "1 minute".'],
  ['a negative number of retries', 'fallback: { retries: -2 }', '4:26: "retries" is -2.'],
  ['a command that says nothing', 'commands: { fix: {} }', '4:17: "fix" is empty.'],
  ['a command that is a list', 'commands: { fix: [a] }', '4:17: "fix" is a list.'],
  [
    'a wrong key in a command',
    'commands: { fix: { instrction: a } }',
    '4:24: There is no key "instrction" in "commands.fix" of agent "root".',
  ],
  [
    'a shape without a schema',
    'structured_output: { name: a }',
    '4:5: The key "schema" is missing in "structured_output" of agent "root".',
  ],
  [
    'a toolset without a type',
    'toolsets: [{ tools: [a] }]',
    '4:18: The key "type" is missing in toolset 1 of agent "root".',
  ],
  [
    'a key of another toolset',
    'toolsets: [{ type: shell, ignore_vcs: true }]',
    '4:31: The key "ignore_vcs" goes only with the type filesystem.',
  ],
  ['an agent that nobody knows', 'handoffs: [web]', '4:16: There is no agent "web".'],
  ['a fallback that nobody knows', 'fallback: { models: [gpt] }', '4:26: There is no model "gpt".'],
  ['a fallback that nobody can choose', 'fallback: { models: [auto] }', '4:26: There is no model "auto".'],
  ['an agent that is its own member', 'sub_agents: [root]', '4:18: The sub-agents go round in a circle: root → root.'],
  ['a variable that is not set', 'description: For ${env.TEAM}', '4:22: The environment variable TEAM is not set.'],
])('%s is a mistake', (_, lines, problem) => {
  expect(checked(agentWith(lines)).problems).toEqual([problem])
})

test.each([
  [
    'a model without a provider',
    'models: { gpt: { model: gpt-4o } }',
    '4:11: The key "provider" is missing in model "gpt".',
  ],
  [
    'a model with an unknown provider',
    'models: { gpt: { provider: opena, model: a } }',
    '4:28: There is no provider "opena".',
  ],
  [
    'a temperature that no model knows',
    'models: { gpt: { provider: openai, model: a, temperature: 3 } }',
    '4:59: "temperature" is 3.',
  ],
  [
    'a budget that is none',
    'models: { gpt: { provider: openai, model: a, thinking_budget: lots } }',
    '4:63: "thinking_budget" is the text "lots".',
  ],
  [
    'a provider without an address',
    'providers: { own: { token_key: KEY } }',
    '4:14: The key "base_url" is missing in provider "own".',
  ],
  ['an address that is none', 'providers: { own: { base_url: here } }', '4:31: "here" is not a URL.'],
  [
    'a protocol that nobody speaks',
    'providers: { own: { base_url: "http://a", api_type: soap } }',
    '4:53: "api_type" cannot be "soap".',
  ],
  [
    'a provider with a slash',
    'providers: { a/b: { base_url: "http://a" } }',
    '4:14: A provider cannot be called "a/b": no slash, and no space around it.',
  ],
  ['a list of permissions', 'permissions: [shell]', '4:1: "permissions" is a list.'],
  ['a section that does not exist', 'modles: {}', '4:1: There is no key "modles" in an agent file.'],
  ['a version that does not exist', 'version: 8', '4:10: There is no version 8 of agent files.'],
])('%s is a mistake', (_, line, problem) => {
  expect(checked(`agents:\n  root:\n    model: openai/gpt-4o\n${line}\n`).problems).toEqual([problem])
})

test.each([
  ['nothing', '', '1:1: The file is empty.'],
  ['a comment', '# nothing yet\n', '1:1: The file is empty.'],
  ['no agents', 'models: {}\n', '1:1: The key "agents" is missing in an agent file.'],
  ['an empty list of agents', 'agents:\n', '1:1: "agents" is empty.'],
  ['an empty mapping of agents', 'agents: {}\n', '1:1: "agents" is empty.'],
  ['an agent without a word', 'agents:\n  root:\n', '2:3: "root" is empty.'],
  ['a list', '- a\n', '1:1: An agent file is a list.'],
  ['a word', 'hello\n', '1:1: An agent file is the text "hello".'],
])('a file with %s is told to be so', (_, text, problem) => {
  expect(checked(text).problems).toEqual([problem])
})

test('a line of members may be longer than the stack is deep', () => {
  const agents = Array.from(
    { length: 8000 },
    (_, index) => `  a${index}: {model: openai/x, sub_agents: [a${index + 1}]}`,
  )
  const { problems } = checked(`agents:\n${agents.join('\n')}\n  a8000: {model: openai/x, sub_agents: [a7999]}\n`)
  expect(problems).toEqual(['8002:41: The sub-agents go round in a circle: a7999 → a8000 → a7999.'])
})

test('members that give tasks to each other in a circle are refused, and conversations may go round', () => {
  const agents = (key: string) => `agents:\n  root: { ${key}: [a] }\n  a: { ${key}: [b] }\n  b: { ${key}: [a, root] }\n`
  expect(checked(agents('sub_agents')).problems).toEqual([
    '4:21: The sub-agents go round in a circle: a → b → a.',
    '4:24: The sub-agents go round in a circle: root → a → b → root.',
  ])
  expect(checked(agents('handoffs')).problems).toEqual([])
})

test('two agents may have the same member', () => {
  const text = 'agents:\n  root: { sub_agents: [a, b] }\n  a: { sub_agents: [c] }\n  b: { sub_agents: [c] }\n  c: {}\n'
  expect(checked(text).problems).toEqual([])
})

test('a file may name its own providers, and any model of a provider', () => {
  const text = `agents: { root: { model: own/a/b:c } }\nproviders: { own: { base_url: "http://localhost:1/v1" } }\n`
  expect(loaded(text).agents[0]?.model).toBe('own/a/b:c')
})

test('two keys that are missing in one place are told both', () => {
  expect(checked('agents: { root: { model: m } }\nmodels: { m: {} }\n').problems).toEqual([
    '2:11: The key "provider" is missing in model "m".',
    '2:11: The key "model" is missing in model "m".',
  ])
})

test('what an alias repeats is wrong only once', () => {
  const text = 'agents:\n  a: &same { model: openai/x, tools: [] }\n  b: *same\n'
  expect(checked(text).problems).toEqual(['2:31: There is no key "tools" in agent "a".'])
})

test('a long line is cut, and the caret stands under its place', () => {
  const { printed } = checked(
    agentWith(`instruction: { a: "${'x'.repeat(200)}", b: ''}\nhandoffs: [${'nobody, '.repeat(30)}some]`),
  )
  const lines = printed.split('\n')
  expect(lines.every(line => line.length < 140)).toBe(true)
  const caret = lines.findLast(line => line.includes('^')) ?? ''
  const above = lines[lines.indexOf(caret) - 1] ?? ''
  expect(above.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('some')
})

test('a tab before a text of several lines is told, also where nothing else can be made of it', () => {
  const { problems } = checked(
    'agents:\n  root:\n    model: openai/gpt-4o\n    commands:\n      - fix: |\n\t       Fix\n           it\n',
  )
  expect(problems).toEqual(['6:1: A line begins with a tab, and YAML takes only spaces there.'])
})

test('whatever is cut off or put into a file, it is told without a crash, at a place that exists', () => {
  const whole = agentWith(
    'description: "a: b"\ntoolsets:\n  - &t { type: shell, env: { A: b } }\n  - *t\ncommands:\n  - fix: |\n      Fix\n       it',
  )
  const signs = fc.constantFrom(
    '\t',
    ':',
    ' ',
    '\n',
    '"',
    "'",
    '[',
    '{',
    '}',
    '&a ',
    '*a',
    '!x',
    '- ',
    '|',
    '---\n',
    '<<: ',
    '@',
    'é',
    '🙂',
    '\r\n',
  )
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(8), signs, (at, cut, sign) => {
      const text = whole.slice(0, at) + sign + whole.slice(at + cut)
      const source = { path: 'a.yaml', text }
      const { problems, warnings, file } = checkAgentFile(source, { env: {} })
      expect(problems.length > 0 || file !== undefined).toBe(true)
      for (const problem of [...problems, ...warnings]) {
        const [, line, column] = /^a\.yaml:(\d+):(\d+): ./.exec(printProblem(source, problem)) ?? []
        const content = text.split(/\r\n|\r|\n/)[Number(line) - 1]
        expect(content).toBeDefined()
        expect(Number(column)).toBeLessThanOrEqual((content ?? '').length + 1)
      }
    }),
    { numRuns: 500 },
  )
})
