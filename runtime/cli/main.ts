import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { version } from '../team/version.ts'
import { cassetteCommands } from './cassette/commands.ts'
import { collect } from './collect.ts'
import { exitOf, failureOf } from './exit.ts'
import { mcpCommands } from './mcp/commands.ts'
import { type RunFlag, runFlags, runOnlyFlags } from './run-flags.ts'
import type { RunOptions } from './run-options.ts'
import { openScreen, openTheater } from './screen.ts'
import { sessionCommands } from './session/commands.ts'
import { setupCommands } from './setup-commands.ts'
import { processTerminal, type Terminal } from './terminal.ts'

/**
 * Runs one command and gives its exit code. Each command is a file that is loaded when it is asked for; what a
 * command line may hold is said here, and help, completion and docs/reference-cli.md are made from it.
 */
export const main = async (argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> => {
  let exit = 0
  const program = commands(terminal, code => {
    exit = code
  })
  try {
    await program.parseAsync(optionalValues(argv), { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitOf('usage')
    return failureOf(error, terminal)
  }
}

/** `--record "a question"` shall not take the question for a name: these options take a value only after `=`. */
export const optionalValues = (argv: readonly string[]): string[] => {
  const end = argv.indexOf('--')
  return argv.map((word, index) =>
    (word === '--record' || word === '--fake-stream') && (end < 0 || index < end) ? `${word}=` : word,
  )
}

/** All commands; `done` gets the exit code of the one that ran. */
export const commands = (terminal: Terminal, done: (exit: number) => void): Command => {
  const program = new Command('reprise')
    .description('Runs AI agents written in YAML, records what they do, and plays it back.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(try reprise --help)')
    .exitOverride()
    .configureOutput({
      writeOut: text => terminal.stdout.write(text),
      writeErr: text => terminal.stderr.write(text),
    })
    .addHelpText('after', examples(['run', 'exec', 'validate']))

  runCommand(program, 'run', 'talk to an agent', runOnlyFlags).action(async (file, messages, { exec, ...options }) =>
    exec
      ? done(await (await import('./exec.ts')).exec(file, messages, options, terminal))
      : done(await (await import('./run.ts')).run(file, messages, options, terminal, openScreen)),
  )
  runCommand(program, 'exec', 'let an agent answer messages, without a terminal').action(
    async (file, messages, options) => done(await (await import('./exec.ts')).exec(file, messages, options, terminal)),
  )
  cassetteRuns(program, terminal, done)
  otherCommands(program, terminal, done)
  return program
}

/** Runs that begin with a cassette instead of an agent file. */
const cassetteRuns = (program: Command, terminal: Terminal, done: (exit: number) => void): void => {
  program
    .command('replay')
    .description('play a cassette back by itself, without an agent file')
    .addHelpText('after', examples(['replay']))
    .argument('<name>', 'the cassette')
    .option(
      '--speed <how>',
      'instant, recorded, or a factor such as 2x; or awkward chunks: bytes, split, merged',
      'instant',
    )
    .option('--fault <what>', 'cut:N breaks each stream after N events, 429:N refuses call N, stall:MS waits', collect)
    .option('--to <id>', 'stop after this interaction')
    .option('--json', 'print one event per line')
    .option('-q, --quiet', 'print the final answer only')
    .option('--hide-tool-calls', 'do not print tool calls and their results')
    .option('--hide-tool-results', 'do not print what tools answered')
    .action(async (name, options) => done(await (await import('./replay.ts')).replay(name, options, terminal)))
  const stages = { theater: openTheater, screen: openScreen }
  program
    .command('play')
    .description('watch a cassette as a film: pause, step, search, inspect, and go on live from any point')
    .addHelpText('after', examples(['play']))
    .argument('<name>', 'the cassette')
    .option('--speed <factor>', 'a multiple of the recorded speed, such as 2x', '1x')
    .option('--at <id>', 'begin at this interaction, paused')
    .action(async (name, options) => done(await (await import('./play.ts')).play(name, options, terminal, stages)))
  program
    .command('demo')
    .description('watch a recorded team at work; needs no key')
    .option(
      '--speed <factor>',
      'a multiple of the recorded speed; it was recorded without a provider, and so very fast',
      '0.2x',
    )
    .action(async options => done(await (await import('./demo.ts')).demo(options, terminal, stages)))
  program
    .command('fork')
    .description('play a cassette back up to a point, then go on live and record both')
    .addHelpText('after', examples(['fork']))
    .argument('<name>', 'the cassette')
    .argument('[messages...]', 'what to say from there (default: what was said in the recording)')
    .requiredOption('--at <id>', 'the last interaction to play back')
    .addOption(afterEquals('--record', 'name', 'the new cassette (default: NAME-fork-N, beside it)'))
    .option('--yolo', 'approve every tool call that no rule denies')
    .option('--json', 'print one event per line')
    .option('-q, --quiet', 'print the final answer only')
    .action(async (name, messages, options) =>
      done(await (await import('./fork.ts')).fork(name, messages, options, terminal)),
    )
}

const otherCommands = (program: Command, terminal: Terminal, done: (exit: number) => void): void => {
  cassetteCommands(program, terminal, done)
  mcpCommands(program, terminal, done)
  sessionCommands(program, terminal, done)
  setupCommands(program, terminal, done)
  program
    .command('validate')
    .description('check agent files, and say what is wrong and where')
    .argument('<files...>', 'agent files')
    .action(async files => done(await (await import('./validate.ts')).validate(files, terminal)))
  program
    .command('tools')
    .description(
      'print what tools agents have, who approves their calls, and what they cost in each prompt; starts the servers',
    )
    .argument('<file>', 'the agent file')
    .option('-a, --agent <name>', 'only this one')
    .option('--json', 'print one JSON document')
    .option('--working-dir <folder>', 'the folder to start servers in')
    .option('--env-from-file <file>', 'take environment variables from a file; may be repeated', collect)
    .action(async (file, options) => done(await (await import('./tools.ts')).tools(file, options, terminal)))
  program
    .command('schema')
    .description('print the JSON Schema of agent files, for editors')
    .action(async () => done(await (await import('./schema.ts')).schema(terminal)))
  program
    .command('values', { hidden: true })
    .argument('<kind>')
    .argument('[words...]')
    .action(async (kind, words) => done(await (await import('./values.ts')).values(kind, words, terminal)))
  program
    .command('completion')
    .description('print a completion script for your shell')
    .argument('<shell>', 'bash, zsh or fish', choice(['bash', 'zsh', 'fish']))
    .action(async shell => done(await (await import('./completion.ts')).completion(shell, program, terminal)))
}

const runCommand = (
  program: Command,
  name: string,
  description: string,
  own: readonly RunFlag[] = [],
): Command & { action: RunAction } => {
  const command = program
    .command(name)
    .description(description)
    .addHelpText('after', examples([name]))
    .argument('[agent]', 'the agent file, its URL, an alias, or - for standard input', 'default')
    .argument('[messages...]', 'what to say, one turn each; - reads standard input')
  for (const flag of [...runFlags, ...own]) command.addOption(optionOf(flag))
  return command as unknown as Command & { action: RunAction }
}

type RunAction = (
  action: (file: string, messages: string[], options: RunOptions & { exec?: boolean }) => Promise<void>,
) => Command

const optionOf = ({ flags, description, choices, many }: RunFlag): Option => {
  const [, name, value] = /^(.*)\[=(.*)\]$/.exec(flags) ?? []
  if (name && value) return afterEquals(name, value, description)
  const option = new Option(flags, description)
  if (many) option.argParser(collect)
  return choices ? option.choices(choices) : option
}

/** An option that stands alone or has its value after `=`, which commander does not know how to print. */
const afterEquals = (name: string, value: string, description: string): Option =>
  Object.assign(new Option(`${name} [${value}]`, description), { flags: `${name}[=${value}]` })

const choice =
  (choices: readonly string[]) =>
  (value: string): string => {
    if (choices.includes(value)) return value
    throw new InvalidArgumentError(`choose one of ${choices.join(', ')}.`)
  }

const exampleLines = [
  ['run agent.yaml', 'talk to an agent'],
  ['run agent.yaml --record=talk', 'and record what happens into talk.yaml'],
  ['exec agent.yaml "What changed in this folder?"', 'one question, one answer'],
  ['exec agent.yaml - < question.txt', 'the question from a file'],
  ['exec agent.yaml --record=first "Hello"', 'record what happens into first.yaml'],
  ['exec agent.yaml --fake first "Hello"', 'play it back: no key, no network'],
  ['replay first', 'play it back from the cassette alone'],
  ['replay first --speed split', 'the same, with the bytes cut in awkward places'],
  ['play first', 'watch it as a film'],
  ['fork first --at 4 --record=other "And then?"', 'go on live from the middle'],
  ['validate agent.yaml', 'check a file'],
] as const

const examples = (commands: readonly string[]): string =>
  `\nExamples:\n${exampleLines
    .filter(([line]) => commands.some(command => line.startsWith(`${command} `)))
    .map(([line, meaning]) => `  $ reprise ${line.padEnd(48)} ${meaning}`)
    .join('\n')}\n`
