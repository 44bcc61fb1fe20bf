import type { Command } from 'commander'
import { collect } from '../collect.ts'
import type { Terminal } from '../terminal.ts'

type Done = (exit: number) => void

/** The commands of `reprise cassette` that check recordings, and keep them true, safe and small. */
export const careCommands = (cassette: Command, terminal: Terminal, done: Done): void => {
  checkingCommands(cassette, terminal, done)
  changingCommands(cassette, terminal, done)
}

const checkingCommands = (cassette: Command, terminal: Terminal, done: Done): void => {
  cassette
    .command('verify')
    .description('hold cassettes against their agent files; 3 for a miss, 4 for any difference under --strict')
    .argument('[names...]', 'cassettes, or folders of them (default: cassettes)')
    .option('--strict', 'drift, stale and unused recordings fail too, and the agent file must be there')
    .option('--run-stale', 'play a stale cassette too, with the agent file as it is now')
    .option('--shard <part>', 'only this part of them, as in 2/5')
    .option('--junit <file>', 'write the verdicts as JUnit XML')
    .option('--github', 'print annotations for GitHub too')
    .option('--json', 'print one JSON document')
    .action(async (names, options) =>
      done(await (await import('./verify.ts')).cassetteVerify(names, options, terminal)),
    )
  cassette
    .command('check')
    .description('look for credentials in cassettes and other files; 1 where there is one')
    .argument('[names...]', 'cassettes, folders of them, or any files (default: cassettes)')
    .option('--json', 'print one JSON document')
    .action(async (names, options) => done(await (await import('./check.ts')).cassetteCheck(names, options, terminal)))
  cassette
    .command('lint')
    .description('look for what is wrong with cassettes: unused, unsafe, too large, torn, edited; 1 where something is')
    .argument('[names...]', 'cassettes, or folders of them (default: cassettes)')
    .option('--json', 'print one JSON document')
    .action(async (names, options) => done(await (await import('./lint.ts')).cassetteLint(names, options, terminal)))
  cassette
    .command('mutate')
    .description('change each field of each request, and tell which change no replay would notice; 1 where it should')
    .argument('<name>', 'the cassette')
    .option('--most <number>', 'change at most so many fields, evenly spread', '5000')
    .option('--json', 'print one JSON document')
    .action(async (name, options) => done(await (await import('./mutate.ts')).cassetteMutate(name, options, terminal)))
}

/** What changes a cassette in its place. */
const changingCommands = (cassette: Command, terminal: Terminal, done: Done): void => {
  cassette
    .command('refresh')
    .description('record a part of a cassette anew, and what depends on it; the rest is played back')
    .argument('<name>', 'the cassette')
    .option('--model <provider/model>', 'what this model said')
    .option('--tool <name>', 'what this tool gave back, with its approval')
    .option('--agent <name>', 'what this agent was told by models and tools')
    .option('--older-than <days>', 'only if it was recorded so long ago, as in 30d; alone: all of it')
    .option('--yolo', 'approve every tool call that no rule denies')
    .option('--json', 'print one event a line')
    .option('-q, --quiet', 'print the final answer only')
    .option('--working-dir <folder>', 'the folder in which the agent works')
    .option('--env-from-file <file>', 'take environment variables from a file; again for more', collect)
    .action(async (name, options) =>
      done(await (await import('./refresh.ts')).cassetteRefresh(name, options, terminal)),
    )
  cassette
    .command('redact')
    .description('put placeholders for the credentials in a cassette, in its place')
    .argument('<name>', 'the cassette')
    .action(async name => done(await (await import('./check.ts')).cassetteRedact(name, terminal)))
  cassette
    .command('prune')
    .description('take out of a cassette what a replay of it does not use')
    .argument('<name>', 'the cassette')
    .action(async name => done(await (await import('./prune.ts')).cassettePrune(name, terminal)))
  cassette
    .command('slim')
    .description('make a cassette small: no bytes where "said" stands for them, counted ids, no signatures')
    .argument('<name>', 'the cassette')
    .option('-o, --output <file>', 'where the slim one goes (default: in place)')
    .action(async (name, options) => done(await (await import('./slim.ts')).cassetteSlim(name, options, terminal)))
}
