import { type Command, Option } from 'commander'
import type { Terminal } from '../terminal.ts'

type Done = (exit: number) => void

/** `reprise sessions …`: what can be done with stored conversations, without going on with them. */
export const sessionCommands = (program: Command, terminal: Terminal, done: Done): void => {
  const sessions = program
    .command('sessions')
    .description('look at stored conversations, branch them, and take back what agents did to files')
    .option('-s, --session-db <file>', 'the file in which they are stored')
  lookingCommands(sessions, terminal, done)
  exportCommand(sessions, terminal, done)
  changingCommands(sessions, terminal, done)
}

const named = (sessions: Command, name: string, description: string): Command =>
  sessions
    .command(name)
    .description(description)
    .argument('[id]', 'the session: its id, the beginning of it, or -1 for the last', '-1')

const lookingCommands = (sessions: Command, terminal: Terminal, done: Done): void => {
  sessions
    .command('list')
    .description('list them, the one that was used last first')
    .option('-n, --limit <number>', 'so many of them', '20')
    .option('--json', 'print one JSON document')
    .action(async (_, command: Command) =>
      done(await (await import('./list.ts')).sessionsList(command.optsWithGlobals(), terminal)),
    )
  sessions
    .command('search')
    .description('find what was said in any of them')
    .argument('<words...>', 'words that all stand in it, or begin words of it')
    .option('-n, --limit <number>', 'so many places', '20')
    .option('--json', 'print one JSON document')
    .action(async (words, _, command: Command) =>
      done(await (await import('./list.ts')).sessionsSearch(words, command.optsWithGlobals(), terminal)),
    )
  named(sessions, 'show', 'show what was said and done, with the numbers of the messages')
    .option('--json', 'print one JSON document')
    .action(async (id, _, command: Command) =>
      done(await (await import('./show.ts')).sessionsShow(id, command.optsWithGlobals(), terminal)),
    )
}

const exportCommand = (sessions: Command, terminal: Terminal, done: Done): void => {
  named(sessions, 'export', 'write a session for others, without credentials and the places of this machine')
    .addOption(new Option('--to <format>', 'the format (default: as the file ends, else markdown)').choices(formats))
    .option('-o, --output <file>', 'where it goes; - is standard output', '-')
    .action(async (id, _, command: Command) =>
      done(await (await import('./export.ts')).sessionsExport(id, command.optsWithGlobals(), terminal)),
    )
}

const formats = ['html', 'markdown', 'json']

const changingCommands = (sessions: Command, terminal: Terminal, done: Done): void => {
  const change = async () => await import('./change.ts')
  sessions
    .command('repair')
    .description('look at every page of the database; where it is damaged, make a new one of what can be read')
    .action(async (_, command: Command) =>
      done(await (await change()).sessionsRepair(command.optsWithGlobals(), terminal)),
    )
  sessions
    .command('rename')
    .description('give a session another title')
    .argument('<id>', 'the session')
    .argument('<title>', 'its title')
    .action(async (id, title, _, command: Command) =>
      done(await (await change()).sessionsRename(id, title, command.optsWithGlobals(), terminal)),
    )
  named(sessions, 'star', 'mark a session, so that it is found again')
    .option('--off', 'take the mark off')
    .action(async (id, _, command: Command) =>
      done(await (await change()).sessionsStar(id, command.optsWithGlobals(), terminal)),
    )
  sessions
    .command('delete')
    .description('delete sessions, with all that is stored for them')
    .argument('<ids...>', 'the sessions')
    .action(async (ids, _, command: Command) =>
      done(await (await change()).sessionsDelete(ids, command.optsWithGlobals(), terminal)),
    )
  named(sessions, 'undo', 'put files back as they were before an agent changed them')
    .option('--turns <number>', 'what the last turns did that changed files (default: 1)')
    .option('--redo', 'bring back what was taken back last')
    .option('--force', 'also where somebody else has changed a file since')
    .action(async (id, _, command: Command) =>
      done(await (await import('./undo.ts')).sessionsUndo(id, command.optsWithGlobals(), terminal)),
    )
  named(sessions, 'fork', 'begin another session with the first messages of one')
    .option('--at <number>', 'the last message that it has, by its number in `sessions show` (default: all)')
    .option('--message <text>', 'say that message, one of yours, in these words instead')
    .action(async (id, _, command: Command) =>
      done(await (await change()).sessionsFork(id, command.optsWithGlobals(), terminal)),
    )
}
