import { existsSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { Failure } from '../core/errors.ts'
import { providers } from '../models/providers.ts'
import { loadTeamFile } from '../team/check.ts'
import { unwritable } from './files.ts'
import { type Terminal, write } from './terminal.ts'

export type NewOptions = {
  readonly model?: string
  readonly instruction?: string
  readonly toolset?: readonly string[]
  readonly yes?: boolean
}

/** What an agent file begins with. */
type Wanted = { readonly model: string; readonly instruction: string; readonly toolsets: readonly string[] }

/** Models to begin with, of the providers that most people have a key of. */
const firstModels: Readonly<Record<string, string>> = {
  anthropic: 'anthropic/claude-sonnet-4-0',
  openai: 'openai/gpt-4o',
  google: 'google/gemini-2.5-flash',
}

const someToolsets = ['filesystem', 'shell', 'think', 'todo', 'fetch', 'memory'] as const

/** `reprise new [FILE]`: asks what an agent shall be, and writes its file. What is there already stays as it is. */
export const makeNew = async (name: string, options: NewOptions, terminal: Terminal): Promise<number> => {
  const file = /\.ya?ml$/.test(name) ? name : `${name}.yaml`
  const path = resolve(terminal.workingDirectory, file)
  if (existsSync(path)) {
    throw new Failure('usage', `${file} exists already.`, { hint: 'Name another file: reprise new other.yaml' })
  }
  const wanted = options.yes ? given(options, terminal) : await asked(options, terminal)
  const text = agentText(wanted)
  await loadTeamFile({ path: file, text }, { env: terminal.env })
  try {
    writeFileSync(path, text, { flag: 'wx' })
  } catch (error) {
    throw unwritable('The agent file', file, error)
  }
  await write(terminal.stdout, `${file} is written. Now:\n\n${nextSteps(file, wanted, terminal)}\n`)
  return 0
}

const given = ({ model, instruction, toolset }: NewOptions, terminal: Terminal): Wanted => ({
  model: model ?? likelyModel(terminal),
  instruction: instruction ?? 'You are a helpful assistant. Answer briefly.',
  toolsets: toolset ?? [],
})

/** Of a provider that there is a key of. */
const likelyModel = ({ env }: Terminal): string => {
  const known = providers.find(({ name, keyVariables }) => firstModels[name] && keyVariables.some(key => env[key]))
  return firstModels[known?.name ?? 'anthropic'] ?? ''
}

const asked = async (options: NewOptions, terminal: Terminal): Promise<Wanted> => {
  const { stdin, stdout, screen } = terminal
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new Failure('usage', 'There is no terminal to ask the questions on.', {
      hint: 'Give the answers as options: reprise new agent.yaml --yes, with --model, --instruction and --toolset.',
    })
  }
  const before = given(options, terminal)
  const { createInterface } = await import('node:readline/promises')
  const reader = createInterface({ input: stdin, output: screen })
  const leaving = new AbortController()
  reader.on('close', () => leaving.abort())
  const ask = async (question: string, usual: string): Promise<string> =>
    (await reader.question(`${question} [${usual || 'none'}] `, { signal: leaving.signal })).trim() || usual
  try {
    return {
      model: await ask('Which model?', before.model),
      instruction: await ask('What should it do?', before.instruction),
      toolsets: (await ask(`Which tools, of ${someToolsets.join(', ')}?`, before.toolsets.join(' ')))
        .split(/[\s,]+/)
        .filter(word => word !== '' && word !== 'none'),
    }
  } catch (error) {
    if (leaving.signal.aborted) throw new Failure('interrupted', 'Nothing was written.', { cause: error })
    throw error
  } finally {
    reader.close()
  }
}

const agentText = ({ model, instruction, toolsets }: Wanted): string =>
  [
    '# An agent of Reprise. What can stand here: reprise schema, and docs/reference-config.md.',
    'agents:',
    '  root:',
    `    model: ${model}`,
    '    instruction: |',
    ...instruction.split('\n').map(line => `      ${line}`),
    ...(toolsets.length > 0 ? ['    toolsets:', ...toolsets.map(type => `      - type: ${type}`)] : []),
    '',
  ].join('\n')

const nextSteps = (file: string, { model }: Wanted, { env }: Terminal): string => {
  const provider = providers.find(({ name }) => name === model.split('/')[0])
  const [key] = provider?.keyVariables ?? []
  const name = basename(file).replace(/\.ya?ml$/, '')
  return [
    ...(key && !provider?.keyVariables.some(one => env[one]) ? [`  export ${key}=…`] : []),
    `  reprise run ${file}`,
    `  reprise exec ${file} --record=cassettes/${name} "Hello"`,
    `  reprise exec ${file} --fake ${name} "Hello"`,
  ].join('\n')
}
