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
    .description(
      'check cassettes against their agent files; exits with 3 on a miss, 4 on any difference under --strict',
    )
    .argument('[names...]', 'cassettes, or folders of them (default: cassettes)')
    .option('--strict', 'fail on drift, stale and unused recordings too; the agent file must exist')
    .option('--run-stale', 'play stale cassettes too, with the agent file as it is now')
    .option('--shard <part>', 'only this part of them, as in 2/5')
    .option('--junit <file>', 'write the verdicts as JUnit XML')
    .option('--github', 'print annotations for GitHub too')
    .option('--json', 'print one JSON document')
    .action(async (names, options) =>
      done(await (await import('./verify.ts')).cassetteVerify(names, options, terminal)),
    )
  cassette
    .command('check')
    .description('look for credentials in cassettes and other files; exits with 1 if there are any')
    .argument('[names...]', 'cassettes, folders of them, or any files (default: cassettes)')
    .option('--json', 'print one JSON document')
    .action(async (names, options) => done(await (await import('./check.ts')).cassetteCheck(names, options, terminal)))
  cassette
    .command('lint')
    .description(
      'look for problems in cassettes: unused, unsafe, too large, torn, edited; exits with 1 if there are any',
    )
    .argument('[names...]', 'cassettes, or folders of them (default: cassettes)')
    .option('--json', 'print one JSON document')
    .action(async (names, options) => done(await (await import('./lint.ts')).cassetteLint(names, options, terminal)))
  cassette
    .command('mutate')
    .description(
      'change each field of each request, and report the changes that no replay would notice; exits with 1 if it should have',
    )
    .argument('<name>', 'the cassette')
    .option('--most <number>', 'change at most this many fields, evenly spread', '5000')
    .option('--json', 'print one JSON document')
    .action(async (name, options) => done(await (await import('./mutate.ts')).cassetteMutate(name, options, terminal)))
}

/** What changes a cassette in its place. */
const changingCommands = (cassette: Command, terminal: Terminal, done: Done): void => {
  cassette
    .command('refresh')
    .description('record part of a cassette again, with whatever depends on it; the rest is played back')
    .argument('<name>', 'the cassette')
    .option('--model <provider/model>', 'what this model said')
    .option('--tool <name>', 'what this tool gave back, with its approval')
    .option('--agent <name>', 'what this agent was told by models and tools')
    .option('--older-than <days>', 'only what was recorded longer ago than this, as in 30d; by itself: all of that')
    .option('--yolo', 'approve every tool call that no rule denies')
    .option('--json', 'print one event per line')
    .option('-q, --quiet', 'print the final answer only')
    .option('--working-dir <folder>', 'the folder in which the agent works')
    .option('--env-from-file <file>', 'take environment variables from a file; may be repeated', collect)
    .action(async (name, options) =>
      done(await (await import('./refresh.ts')).cassetteRefresh(name, options, terminal)),
    )
  cassette
    .command('redact')
    .description('replace the credentials in a cassette with placeholders, in place')
    .argument('<name>', 'the cassette')
    .action(async name => done(await (await import('./check.ts')).cassetteRedact(name, terminal)))
  cassette
    .command('prune')
    .description('remove from a cassette what a replay does not use')
    .argument('<name>', 'the cassette')
    .action(async name => done(await (await import('./prune.ts')).cassettePrune(name, terminal)))
  cassette
    .command('slim')
    .description('make a cassette small: no wire bytes where "said" holds the same, counted ids, no signatures')
    .argument('<name>', 'the cassette')
    .option('-o, --output <file>', 'where to write the slim one (default: in place)')
    .action(async (name, options) => done(await (await import('./slim.ts')).cassetteSlim(name, options, terminal)))
}
