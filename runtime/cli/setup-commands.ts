import type { Command } from 'commander'
import { collect } from './collect.ts'
import type { Terminal } from './terminal.ts'

type Done = (exit: number) => void

/** What one does before there is a run: make an agent, name it, see whether all is there. */
export const setupCommands = (program: Command, terminal: Terminal, done: Done): void => {
  program
    .command('new')
    .description('write an agent file from the answers to a few questions')
    .argument('[file]', 'the agent file', 'agent.yaml')
    .option('--model <provider/model>', 'its model')
    .option('--instruction <text>', 'what it should do')
    .option('--toolset <type>', 'a toolset to give it; may be repeated', collect)
    .option('--yes', 'ask nothing; use defaults for what is not given')
    .action(async (file, options) => done(await (await import('./new.ts')).makeNew(file, options, terminal)))
  program
    .command('doctor')
    .description('check that what agents need is there: keys, servers, programs')
    .argument('[file]', 'check what this agent file needs')
    .option('--json', 'print one JSON document')
    .action(async (file, options) => done(await (await import('./doctor.ts')).doctor(file, options, terminal)))
  aliasCommands(program, terminal, done)
}

const aliasCommands = (program: Command, terminal: Terminal, done: Done): void => {
  const alias = program
    .command('alias')
    .description('give agents short names; the one named `default` runs when you name none')
  alias
    .command('add')
    .description('give an agent a name')
    .argument('<name>', 'the name')
    .argument('<agent>', 'the agent file, or its URL')
    .option('--model <[agent=]provider/model>', 'the model to run it with')
    .option('--yolo', 'approve every tool call that no rule denies')
    .option('--hide-tool-results', 'do not print what tools answered')
    .action(async (name, agent, options) =>
      done(await (await import('./alias.ts')).aliasAdd(name, agent, options, terminal)),
    )
  alias
    .command('list')
    .description('print the names')
    .action(async () => done(await (await import('./alias.ts')).aliasList(terminal)))
  alias
    .command('remove')
    .description('remove a name; the agent itself stays')
    .argument('<name>', 'the name')
    .action(async name => done(await (await import('./alias.ts')).aliasRemove(name, terminal)))
}
