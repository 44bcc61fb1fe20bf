import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import schema from '../agent-schema.json' with { type: 'json' }
import { plainValue } from '../runtime/config/document.ts'
import { checkAgentFile } from '../runtime/config/load.ts'
import { loadPlainAgentFile } from '../runtime/config/load-plain.ts'
import { setAt, valueAt } from '../runtime/config/paths.ts'
import { readPlainYaml } from '../runtime/config/plain-yaml.ts'
import { readYaml } from '../runtime/config/positions.ts'
import { agentFile } from '../runtime/config/schema.ts'
import { isJsonObject, type Json } from '../runtime/core/json.ts'
import { fits, type JsonSchema } from '../runtime/core/json-schema.ts'
import { providers } from './support/config.ts'
import { wildFolder } from './support/wild.ts'

// What most agent files are made of is read without js-yaml and zod. That must never be seen but in time.

const options = { env: {}, providers, lenient: true }

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.ya?ml$/.test(name))
    .map(name => `${folder}/${name}`)
const ours = filesIn('agents')
const rich = `#!/usr/bin/env reprise
version: "7"

models:
  small: # cheap
    provider: openai
    model: gpt-4o-mini
    temperature: 0.5
    max_tokens: 4000
    provider_opts:
      a: true
      b: [x, "y", 'z']
agents:
  root:
    model: small
    description: Does 'this', and that
    instruction: |
      You are: careful # really
        - indented

      Last.
    sub_agents:
    - helper
    toolsets:
      - type: filesystem
        tools: ["read_file", list_directory]
      - type: mcp
        command: npx
        args:
          - "-y"
          - some/package
        env:
          KEY: value
    add_date: true
  helper:
    model: anthropic/claude-sonnet-4-0
    description: 'helps'
    instruction: |-
      Help.
    max_iterations: 3
    fallback:
      models: [small]
      cooldown: 1m30s
    commands:
      hi: Say hi
      bye:
        description: Say goodbye
`

const plainly = (text: string) => loadPlainAgentFile({ path: 'a.yaml', text }, options)
const fully = (text: string) => checkAgentFile({ path: 'a.yaml', text }, options).file

test.each([...ours, ...filesIn(wildFolder ? `${wildFolder}/agents` : 'agents')])(
  '%s means the same, however it is read',
  path => {
    const text = readFileSync(path, 'utf8')
    const file = plainly(text)
    if (file) expect(file).toEqual(fully(text))
  },
)

test.each(['hello', 'code-reviewer', 'team', 'openai', 'anthropic'])('the example %s is read plainly', name => {
  expect(plainly(readFileSync(`agents/${name}.yaml`, 'utf8'))).toBeDefined()
})

test('a file with much in it is read plainly, and as js-yaml and zod read it', () => {
  expect(plainly(rich)).toBeDefined()
  expect(plainly(rich)).toEqual(fully(rich))
})

const yamlOf = (text: string): string | undefined => {
  const { root, problems } = readYaml(text)
  return root && problems.length === 0 ? JSON.stringify(plainValue(root)) : undefined
}

/** A text with some of its letters, words and lines changed. */
const mutated = (texts: readonly string[]) => {
  const pieces = [
    ...' \n-:#|>[]{},&*!%@`"\'?~.01xé\\',
    '\n\n',
    '  ',
    '- ',
    ': ',
    ' #',
    '---',
    '<<',
    'null',
    '1e3',
    '0x1',
  ]
  const edit = fc.record({
    at: fc.nat(),
    cut: fc.nat({ max: 3 }),
    put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3, unit: 'grapheme' })),
    isLine: fc.boolean(),
  })
  return fc.tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 })).map(([text, edits]) =>
    edits.reduce((before, { at, cut, put, isLine }) => {
      const middle = at % (before.length + 1)
      const place = isLine ? before.lastIndexOf('\n', middle) + 1 : middle
      return before.slice(0, place) + put + before.slice(place + cut)
    }, text),
  )
}

const samples = [rich, ...ours.map(path => readFileSync(path, 'utf8'))]

test('whatever YAML is read plainly is what js-yaml reads', () => {
  fc.assert(
    fc.property(mutated(samples), text => {
      const value = readPlainYaml(text)
      if (value !== undefined) expect(JSON.stringify(value)).toBe(yamlOf(text))
    }),
    { numRuns: 2000 },
  )
})

test('whatever file is loaded plainly has no mistakes, and means the same', () => {
  fc.assert(
    fc.property(mutated(samples), text => {
      const file = plainly(text)
      if (file !== undefined) expect(file).toEqual(fully(text))
    }),
    { numRuns: 1000 },
  )
})

/** Values, and some that belong somewhere in an agent file. */
const someJson = fc.oneof(
  fc.constantFrom<Json[]>('7', 'adaptive', '1m30s', 'x', '', 0, -1, 1, 1.5, 2, 100, true, false, null, [], {}, ['x']),
  fc.constantFrom<Json[]>([1], { type: 'mcp' }, { type: 'shell', x: 1 }, { a: 'x' }, { a: 1 }, [
    { path: 'a', cmd: 'b' },
  ]),
  fc.jsonValue() as fc.Arbitrary<Json>,
)

const pathsIn = (value: Json, path: readonly (string | number)[] = []): (readonly (string | number)[])[] => [
  path,
  ...Object.entries(isJsonObject(value) || Array.isArray(value) ? value : {}).flatMap(([key, inner]) =>
    pathsIn(inner as Json, [...path, key]),
  ),
]

const whole = (): Json => JSON.parse(yamlOf(rich) ?? '')
const names = [...new Set(JSON.stringify(schema).match(/(?<=")\w+(?=":\{)/g)), 'other', 'constructor']

test('the published schema accepts what zod accepts, and nothing else', () => {
  const places = pathsIn(whole())
  const place = fc.tuple(fc.constantFrom(...places), fc.option(fc.constantFrom(...names), { nil: undefined }), someJson)
  let accepted = 0
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 3 }), changes => {
      const value = whole()
      for (const [path, name, put] of changes) {
        const target = name === undefined ? path : [...path, name]
        const holder = valueAt(value, target.slice(0, -1))
        if (target.length > 0 && typeof holder === 'object' && holder !== null)
          setAt(value, target, structuredClone(put))
      }
      const isRight = z.safeParse(agentFile, structuredClone(value)).success
      accepted += Number(isRight)
      expect(fits(value, schema as JsonSchema)).toBe(isRight)
    }),
    { numRuns: 3000 },
  )
  expect(accepted).toBeGreaterThan(100)
})
