import type { Command } from 'commander'
import { openColumns } from '../screen.ts'
import type { Terminal } from '../terminal.ts'
import { careCommands } from './care-commands.ts'
import { foreignCommands } from './foreign-commands.ts'

type Done = (exit: number) => void

/** `reprise cassette …`: what can be done with recordings, without running them. */
export const cassetteCommands = (program: Command, terminal: Terminal, done: Done): void => {
  const cassette = program.command('cassette').description('look at recordings, compare them, and keep them in order')
  lookingCommands(cassette, terminal, done)
  careCommands(cassette, terminal, done)
  foreignCommands(cassette, terminal, done)
  gitCommands(cassette, terminal, done)
}

const lookingCommands = (cassette: Command, terminal: Terminal, done: Done): void => {
  cassette
    .command('show')
    .description('show what happened in a recording, or one interaction of it in full')
    .argument('<name>', 'the cassette: NAME, NAME.yaml, or either in cassettes/')
    .option('--id <number>', 'show this interaction in full: the request, what was said, and the answer')
    .option('--wire', 'with --id: show the bodies too, as they were on the wire')
    .option('--changes', 'with --id: show what changed since the previous request of its conversation')
    .option('--curl', 'with --id: print a command that sends the request again')
    .option('--json', 'print one JSON document')
    .action(async (name, options) => done(await (await import('./show.ts')).cassetteShow(name, options, terminal)))
  cassette
    .command('diff')
    .description(
      'compare two recordings by what was asked, said, called and spent; exits with 0 if they are alike, 1 if not',
    )
    .argument('<before>', 'a cassette')
    .argument('<after>', 'another one')
    .option('--columns', 'show them side by side, moment by moment')
    .option('--json', 'print one JSON document')
    .action(async (before, after, options) =>
      done(await (await import('./diff.ts')).cassetteDiff([before, after], options, terminal, openColumns)),
    )
  cassette
    .command('report')
    .description('write a recording as one self-contained HTML page')
    .argument('<name>', 'the cassette')
    .option('-o, --output <file>', 'where to write the page; - is standard output', 'run.html')
    .action(async (name, options) => done(await (await import('./report.ts')).cassetteReport(name, options, terminal)))
}

const gitCommands = (cassette: Command, terminal: Terminal, done: Done): void => {
  cassette
    .command('textconv')
    .description('print a cassette as a reviewer reads it, for git (see docs/cassettes.md)')
    .argument('<file>', 'the file')
    .action(async file => done(await (await import('./git.ts')).cassetteTextconv(file, terminal)))
  cassette
    .command('merge')
    .description('merge two versions of a cassette into the second file, for git; exits with 1 if there are conflicts')
    .argument('<base>', 'the common ancestor (%O)')
    .argument('<ours>', 'our version, which receives the result (%A)')
    .argument('<theirs>', 'their version (%B)')
    .argument('[path]', 'the name of the file, for messages (%P)')
    .action(async (base, ours, theirs, path) =>
      done(await (await import('./git.ts')).cassetteMerge({ base, ours, theirs, path }, terminal)),
    )
}
