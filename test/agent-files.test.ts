import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { printProblem } from '../runtime/config/diagnose.ts'
import { checkAgentFile, loadAgentFile } from '../runtime/config/load.ts'
import { laterToolsets } from '../runtime/config/unsupported.ts'
import { wildFolder } from './support/wild.ts'

/** All that cagent offers and Reprise has in its table, as runtime/team tells it. */
const providers = ['openai', 'anthropic', 'google', 'mistral', 'xai', 'dmr']

/** cagent's own agent files that ask for what this release cannot do; all others load. A type is that of a toolset. */
const notYet: Readonly<Record<string, readonly string[]>> = {
  'agents/pr-reviewer-bedrock.yaml': ['the provider amazon-bedrock'],
  'agents/rag-hybrid.yaml': ['RAG'],
  'agents/rag-reranking.yaml': ['RAG'],
  'agents/rag.yaml': ['RAG'],
  'agents/sub-agents-from-catalog.yaml': ['members of a team from registries'],
  'agents/tic-tac-toe.yaml': ['a2a'],
}

/** What some of them want to be set. */
const env = { HA_TOKEN: 'a token', BRAVE_API_KEY: 'a key' }

const agentFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .map(name => join(folder, name))

const wild =
  wildFolder === undefined
    ? []
    : ['agents', 'cagent-e2e/testdata'].flatMap(one => agentFiles(join(wildFolder ?? '', one)))

test.skipIf(wild.length === 0)('the files of others are here (skipped where ../shared/wild is absent)', () => {
  expect(wild.length).toBeGreaterThan(60)
})

test.each(wild.map(path => [path.slice((wildFolder ?? '').length + 1), path]))(
  '%s loads, or is refused for what it says',
  (name, path) => {
    const source = { path: name, text: readFileSync(path, 'utf8') }
    const { problems, file } = checkAgentFile(source, { env, providers })
    const refused = (notYet[name] ?? []).map(what => (laterToolsets.includes(what) ? `toolsets of type ${what}` : what))
    expect([...new Set(problems.map(({ what }) => what))]).toEqual(refused.map(what => `not supported yet: ${what}`))
    expect(file === undefined).toBe(refused.length > 0)
  },
)

test.each(wild.filter(path => path.includes('cagent-e2e')))('%s loads, so that its cassette can be played', path => {
  const file = loadAgentFile({ path, text: readFileSync(path, 'utf8') }, { env: {}, providers, lenient: true })
  expect(file.agents[0]?.name).toBe('root')
  expect(file.agents[0]?.instruction).toMatch(/^You are a /)
})

test.each(agentFiles('agents'))('%s loads without a warning', path => {
  const source = { path, text: readFileSync(path, 'utf8') }
  const { problems, warnings, file } = checkAgentFile(source, { env: {}, providers })
  expect([...problems, ...warnings].map(problem => printProblem(source, problem))).toEqual([])
  expect(file?.agents.length).toBeGreaterThan(0)
})

test('a file with all that is not supported yet says so at each place', () => {
  const text = `mcps: { docs: { ref: docker:context7 } }
rag: { books: { docs: [a] } }
models:
  router: { provider: openai, model: a, routing: [{ model: openai/b, examples: [c] }] }
  alloy: { model: "openai/a,openai/b" }
  vertex: { provider: google, model: a, provider_opts: { project: b } }
  bedrock: { provider: amazon-bedrock, model: a }
agents:
  root:
    model: openai/a,router
    rag: [books]
    sub_agents: [agentcatalog/pirate, https://example.com/a.yaml]
    handoffs: [./other.yaml]
    toolsets:
      - { type: mcp, ref: docs }
`
  const { problems } = checkAgentFile({ path: 'a.yaml', text }, { env: {}, providers })
  const places = problems.map(({ start, what }) => `${text.slice(0, start).split('\n').length}: ${what}`)
  expect(places.filter(place => !place.includes('not supported yet: '))).toEqual([])
  expect(places.map(place => place.replace('not supported yet: ', ''))).toMatchInlineSnapshot(`
    [
      "2: RAG",
      "6: Gemini on Vertex AI",
      "7: the provider amazon-bedrock",
      "11: RAG",
      "12: members of a team from registries",
    ]
  `)
})

test('what is switched off asks for nothing', () => {
  const text = `agents:
  root: { skills: false, hooks: {}, rag: [], code_mode_tools: false, toolsets: [{ type: shell, defer: false, toon: '' }] }
mcps: {}
rag: {}
`
  expect(checkAgentFile({ path: 'a.yaml', text }, { env: {}, providers }).problems).toEqual([])
})
