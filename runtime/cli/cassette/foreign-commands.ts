import { type Command, Option } from 'commander'
import type { Terminal } from '../terminal.ts'

type Done = (exit: number) => void

/** The commands of `reprise cassette` that have to do with recordings of other tools. */
export const foreignCommands = (cassette: Command, terminal: Terminal, done: Done): void => {
  cassette
    .command('import')
    .description('make cassettes from recordings by go-vcr, vcrpy, VCR, nock, Polly, browsers (HAR) and others')
    .argument('<files...>', 'the recordings, or folders of them')
    .option('-o, --output <name>', 'the cassette, or a folder for several (default: cassettes)')
    .option('--origin <url>', 'for recordings that name no host: where the requests went, as in https://api.mistral.ai')
    .action(async (files, options) =>
      done(await (await import('./import.ts')).cassetteImport(files, options, terminal)),
    )
  cassette
    .command('export')
    .description('write a recording for other tools')
    .argument('<name>', 'the cassette')
    .addOption(
      new Option('--to <format>', 'HAR for browsers and proxies, or what go-vcr and cagent play')
        .choices(['har', 'go-vcr'])
        .makeOptionMandatory(),
    )
    .option('-o, --output <file>', 'where to write it; - is standard output', '-')
    .action(async (name, options) => done(await (await import('./export.ts')).cassetteExport(name, options, terminal)))
}
