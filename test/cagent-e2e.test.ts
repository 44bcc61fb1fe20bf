import { cpSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { type CliResult, noNetwork, reprise } from './support/cli.ts'
import { temporaryFolder } from './support/temp.ts'
import { wildFolder } from './support/wild.ts'

/** What EXPECTED.md there says, row by row: cassette, agent file, options, messages, standard output. */
const header = '\n--- Agent: root ---\n'
const listing = `${header}\nCalling list_directory(path: "testdata/working_dir")\n\nlist_directory response → "FILE README.me\\n"\n1`
const sum = "What's 2+2?"
const count = 'How many files in testdata/working_dir? Only output the number.'
const claude = '--model=anthropic/claude-sonnet-4-0'
const gemini = '--model=google/gemini-2.5-flash'

const rows: readonly (readonly [string, string, readonly string[], string, string | RegExp])[] = [
  ['TestExec_OpenAI', 'basic', [], sum, `${header}2 + 2 equals 4.`],
  ['TestExec_OpenAI_V3Config', 'basic_v3', [], sum, `${header}4`],
  ['TestExec_OpenAI_WithThinkingBudget', 'basic_with_thinking', [], sum, /^\n--- Agent: root ---\n[\s\S]*4/],
  ['TestExec_OpenAI_gpt5', 'basic', ['--model=openai/gpt-5'], sum, /^\n--- Agent: root ---\n[\s\S]*4/],
  ['TestExec_OpenAI_ToolCall', 'fs_tools', [], count, listing],
  ['TestExec_OpenAI_HideToolCalls', 'fs_tools', ['--hide-tool-calls'], count, `${header}1`],
  ['TestExec_Anthropic', 'basic', [claude], sum, /^\n--- Agent: root ---\n[\s\S]*2 \+ 2 = 4/],
  [
    'TestExec_Anthropic_ToolCall',
    'fs_tools',
    [claude],
    count,
    /list_directory response → "FILE README\.me\\n"\n[\s\S]*1$/,
  ],
  ['TestExec_Anthropic_AgentsMd', 'agents-md', [claude], sum, /^\n--- Agent: root ---\n[\s\S]*2 \+ 2 = 4/],
  ['TestExec_Gemini', 'basic', [gemini], sum, /^\n--- Agent: root ---\n[\s\S]*4/],
  [
    'TestExec_Gemini_ToolCall',
    'fs_tools',
    [gemini],
    count,
    /list_directory response → "FILE README\.me\\n"\n[\s\S]*1$/,
  ],
]

/** A copy, since an agent may write. */
const inCopy = async (args: readonly string[]): Promise<CliResult & { readonly files: readonly string[] }> => {
  await using folder = await temporaryFolder()
  cpSync(resolve(wildFolder ?? '', 'cagent-e2e'), folder.path, { recursive: true })
  const before = new Set(readdirSync(folder.path, { recursive: true, encoding: 'utf8' }))
  const result = await reprise(args, { cwd: folder.path, ...noNetwork })
  return {
    ...result,
    files: readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).filter(name => !before.has(name)),
  }
}

const agentFile = (name: string): string => `testdata/${name}.yaml`
const cassette = (name: string): string => join('testdata/cassettes', name)

// They belong to another project and are not copied into this one.
test.skipIf(!wildFolder).each(rows)(
  "cagent's cassette %s replays with %s.yaml %j as cagent's test expects",
  async (name, agent, options, message, stdout) => {
    const result = await inCopy(['exec', agentFile(agent), ...options, '--fake', cassette(name), message])
    expect(result.code, result.stderr).toBe(0)
    if (typeof stdout === 'string') expect(result.stdout).toBe(stdout)
    else expect(result.stdout).toMatch(stdout)
  },
)

test.skipIf(!wildFolder)(
  "a call in cagent's cassette that needs approval is asked about, and makes no file",
  async () => {
    const message =
      'Create a hello.txt file with "Hello, World!" content. Try only once. On error, exit without further message.'
    const args = ['exec', agentFile('file_writer'), '--fake', cassette('TestExec_ToolCallsNeedAcceptance'), message]
    const { stdout, stderr, code, files } = await inCopy(args)
    expect(stdout).toContain('Can I run this tool? ([y]es/[a]ll/[n]o)')
    expect(files).toEqual([])
    expect(code, stderr).toBe(0)
  },
)

test.skipIf(!wildFolder)("cagent's team answers both turns", async () => {
  const messages = ["What's the weather in Paris? Delegate to the weather agent.", 'Can you summarize what you found?']
  const args = [
    'exec',
    agentFile('multi_transfer'),
    '--fake',
    cassette('TestRuntime_MultiAgent_SessionReload'),
    ...messages,
  ]
  const { stdout, stderr, code } = await inCopy(args)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(
    /Calling transfer_task[\s\S]*--- Agent: weather ---[\s\S]*--- Agent: root ---[\s\S]*\n--- Agent: root ---\n\S/,
  )
})

test.skipIf(!wildFolder)("tools in cagent's cassettes cannot be replayed, and it is said so", async () => {
  const args = [
    'exec',
    agentFile('fs_tools'),
    '--fake',
    cassette('TestExec_OpenAI_ToolCall'),
    '--fake-tools=replay',
    count,
  ]
  const { stderr, code } = await inCopy(args)
  expect(stderr).toMatch(/model calls only/)
  expect(code).toBe(2)
})
