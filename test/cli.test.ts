import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import { command, reprise } from './support/cli.ts'
import { folderWith } from './support/temp.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

test('--version prints the version of the package', async () => {
  expect(await reprise(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test('help lists the commands, and each command its options, with examples', async () => {
  const program = await reprise(['--help'])
  expect(program).toMatchObject({ code: 0, stderr: '' })
  for (const command of ['run', 'exec', 'validate', 'schema', 'completion'])
    expect(program.stdout).toContain(`  ${command} `)
  expect(program.stdout).toContain('$ reprise exec agent.yaml --fake first "Hello"')

  const exec = await reprise(['exec', '--help'])
  expect(exec.code).toBe(0)
  for (const words of [
    '--record[=name]',
    '--fake <name>',
    '--fake-stream[=ms]',
    '$ reprise exec agent.yaml - < question.txt',
  ]) {
    expect(exec.stdout).toContain(words)
  }
  expect((await reprise(['help', 'run'])).stdout).toContain('$ reprise run agent.yaml')
})

test.each([
  [[], 'Usage: reprise'],
  [['exce'], 'Did you mean exec?'],
  [['exec'], 'Which agent?'],
  [['exec', 'agent.yaml', '--fak=x', 'Hi'], 'Did you mean --fake?'],
  [['exec', 'agent.yaml', '--fake'], 'argument missing'],
  [['exec', 'agent.yaml', '--fake=', 'Hi'], '--fake needs the name of a cassette'],
  [['exec', 'agent.yaml', '--fake', 'nowhere', 'Hi'], 'nowhere'],
  [['exec', 'agent.yaml', '--fake-stream', 'Hi'], 'Add --fake NAME'],
  [['exec', 'agent.yaml', '--fake-tools', 'live', 'Hi'], 'Add --fake NAME'],
  [['exec', 'agent.yaml', '--fake-tools', 'never', 'Hi'], 'Allowed choices are replay, live'],
  [['exec', 'agent.yaml', '--fake', 'x', '--fake-stream=soon', 'Hi'], '--fake-stream takes milliseconds, not "soon"'],
  [['exec', 'agent.yaml'], 'Give a message'],
  [['exec', 'agent.yaml', '   '], 'Give a message'],
  [['exec', 'absent.yaml', 'Hi'], 'The agent file absent.yaml does not exist'],
  [['exec', '.', 'Hi'], 'The agent file . is a folder'],
  [['exec', 'broken.yaml', 'Hi'], 'broken.yaml:3:5'],
  [['exec', 'agent.yaml', '--agent', 'boss', 'Hi'], 'There is no agent boss in this file'],
  [['exec', 'agent.yaml', '--model', 'boss=openai/gpt-4o', 'Hi'], 'there is no agent boss'],
  [['exec', 'agent.yaml', '--model', 'gpt-4o', 'Hi'], 'provider/model'],
  [['exec', 'agent.yaml', '--working-dir', 'absent', 'Hi'], 'The working directory absent is not a folder'],
  [['exec', 'agent.yaml', '--env-from-file', 'absent.env', 'Hi'], 'The environment file absent.env does not exist'],
  [['exec', 'agent.yaml', '--env-from-file', 'agent.yaml', 'Hi'], 'agent.yaml:1: expected NAME=value'],
  [['exec', 'agent.yaml', '--attach', 'absent.png', 'Hi'], 'The attachment absent.png does not exist'],
  [['exec', 'agent.yaml', '--attach', 'noise.bin', 'Hi'], 'neither text nor an image nor a PDF'],
  [['exec', 'agent.yaml', '--prompt-file', 'absent.md', 'Hi'], 'The prompt file absent.md does not exist'],
  [
    ['exec', 'agent.yaml', '--log-file', 'absent/log', 'Hi'],
    'The log file absent/log cannot be written: there is no such folder.',
  ],
  [['exec', 'agent.yaml', 'Hi'], 'OPENAI_API_KEY'],
  [['completion', 'nu'], 'choose one of bash, zsh, fish'],
])('reprise %j is refused with what to do, and exit code 2', async (args, words) => {
  await using folder = await folderWith({
    'agent.yaml': helloAgent,
    'broken.yaml': helloAgent.replace('model:', 'modle:'),
    'noise.bin': Uint8Array.of(0, 255, 254, 1),
  })
  const env = args.includes('Hi') && words !== 'OPENAI_API_KEY' ? { OPENAI_API_KEY: 'sk-none' } : {}
  const { code, stdout, stderr } = await reprise(args, { cwd: folder.path, env })
  expect(stderr).toContain(words)
  expect(stderr).not.toMatch(/\n {4}at /)
  expect(stdout).toBe('')
  expect(code).toBe(2)
})

test('what stands in an environment file is not told, for it may be a key', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent, 'key.env': 'sk-proj-my-only-key\n' })
  const { stderr } = await reprise(['exec', 'agent.yaml', '--env-from-file', 'key.env', 'Hi'], { cwd: folder.path })
  expect(stderr).toBe('key.env:1: expected NAME=value.\n')
})

test('a mistake in the agent file is told to whoever reads JSON', async () => {
  const { code, stdout } = await reprise(['exec', 'absent.yaml', 'Hi', '--json'])
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines).toEqual([
    { type: 'start', version: 1 },
    expect.objectContaining({ type: 'error', code: 'usage', message: 'The agent file absent.yaml does not exist.' }),
    { type: 'end', exit: 2 },
  ])
  expect(code).toBe(2)
})

/** What bash would offer for a line whose last word is being typed. */
const offered = (script: string, words: readonly string[], cwd = '/'): string[] => {
  const line = words.map(word => `'${word}'`).join(' ')
  const reprise = `reprise() { '${process.execPath}' '${command}' "$@"; }`
  const ask = `${script}\n${reprise}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _reprise; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, status, stderr } = spawnSync('bash', ['-c', ask], { encoding: 'utf8', cwd })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.trimEnd().split('\n')
}

test('bash completes commands and options with the script that is printed', async () => {
  const { stdout: script, code } = await reprise(['completion', 'bash'])
  expect(code).toBe(0)
  expect(offered(script, ['reprise', 'e'])).toEqual(['exec'])
  expect(offered(script, ['reprise', 'exec', '--fake'])).toEqual(['--fake', '--fake-stream', '--fake-tools'])
  expect(offered(script, ['reprise', 'run', '--ex'])).toEqual(['--exec'])
  expect(offered(script, ['reprise', 'validate', '/et'])).toEqual(['/etc'])
  expect(offered(script, ['reprise', 'cassette', 'sh'])).toEqual(['show'])
})

test('bash completes names of cassettes, agents and models', async () => {
  const { stdout: script } = await reprise(['completion', 'bash'])
  const here = process.cwd()
  expect(offered(script, ['reprise', 'exec', 'agents/team.yaml', '--fake', 'te'], here)).toEqual(['team'])
  expect(offered(script, ['reprise', 'exec', 'agents/team.yaml', '--fake', '=', 'te'], here)).toEqual(['team'])
  expect(offered(script, ['reprise', 'replay', 'hel'], here)).toEqual(['hello'])
  expect(offered(script, ['reprise', 'exec', 'agents/team.yaml', '--agent', 're'], here)).toEqual(['researcher'])
  expect(offered(script, ['reprise', 'run', 'x.yaml', '--model', 'openai/gpt-4o-m'])).toContain('openai/gpt-4o-mini')
  expect(offered(script, ['reprise', 'exec', 'absent.yaml', '--agent', 're'])).toEqual([''])
})

test('the scripts for zsh and fish hold every command and option', async () => {
  const [zsh, fish, help] = await Promise.all([
    reprise(['completion', 'zsh']),
    reprise(['completion', 'fish']),
    reprise(['exec', '--help']),
  ])
  const flags = [...help.stdout.matchAll(/^ {2}(?:-., )?--([a-z-]+)/gm)]
    .map(([, flag]) => flag)
    .filter(flag => flag !== 'help')
  expect(flags.length).toBeGreaterThan(15)
  for (const flag of flags) {
    expect(zsh.stdout).toContain(`'--${flag}[`)
    expect(fish.stdout).toContain(`seen_subcommand_from exec' -l ${flag} `)
  }
  // Quotes and brackets in descriptions would end a word too early: each script has them in pairs.
  for (const { stdout } of [zsh, fish]) expect(stdout.replaceAll("'\\''", '').split("'").length % 2).toBe(1)
})
