import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedCall } from './wild/body.ts'
import { goVcrCalls } from './wild/yaml.ts'
import { wildFolder } from './wild.ts'

/** The model calls of one of cagent's own end-to-end cassettes. Only where `wildFolder` is there. */
export const cagentCalls = (name: string): RecordedCall[] =>
  goVcrCalls(readFileSync(join(`${wildFolder}`, 'cagent-e2e/testdata/cassettes', `${name}.yaml`), 'utf8'))

/** Cassettes of cagent's that replay to their end: agent file, model where it is not that of the file, and message. */
export const cagentRuns: Readonly<Record<string, { agent: string; model?: string; message: string }>> = {
  TestExec_OpenAI: { agent: 'basic', message: "What's 2+2?" },
  TestExec_OpenAI_gpt5: { agent: 'basic', model: 'openai/gpt-5', message: "What's 2+2?" },
  TestExec_OpenAI_ToolCall: {
    agent: 'fs_tools',
    message: 'How many files in testdata/working_dir? Only output the number.',
  },
  TestExec_Anthropic: { agent: 'basic', model: 'anthropic/claude-sonnet-4-0', message: "What's 2+2?" },
  TestExec_Anthropic_ToolCall: {
    agent: 'fs_tools',
    model: 'anthropic/claude-sonnet-4-0',
    message: 'How many files in testdata/working_dir? Only output the number.',
  },
  TestExec_Gemini: { agent: 'basic', model: 'google/gemini-2.5-flash', message: "What's 2+2?" },
  TestExec_Gemini_ToolCall: {
    agent: 'fs_tools',
    model: 'google/gemini-2.5-flash',
    message: 'How many files in testdata/working_dir? Only output the number.',
  },
}
