import { type Command, Option } from 'commander'
import type { Terminal } from '../terminal.ts'

type Done = (exit: number) => void

/** `reprise sessions …`: what can be done with stored conversations, without going on with them. */
export const sessionCommands = (program: Command, terminal: Terminal, done: Done): void => {
  const sessions = program
    .command('sessions')
    .description('look at stored conversations, branch them, and undo what agents did to files')
    .option('-s, --session-db <file>', 'the file they are stored in')
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
    .description('list sessions, the most recent first')
    .option('-n, --limit <number>', 'how many at most', '20')
    .option('--json', 'print one JSON document')
    .action(async (_, command: Command) =>
      done(await (await import('./list.ts')).sessionsList(command.optsWithGlobals(), terminal)),
    )
  sessions
    .command('search')
    .description('search what was said in all sessions')
    .argument('<words...>', 'words to find, all of them; the beginning of a word will do')
    .option('-n, --limit <number>', 'how many matches at most', '20')
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
  named(sessions, 'export', 'export a session, without credentials or the paths of this machine')
    .addOption(new Option('--to <format>', 'the format (default: as the file ends, else markdown)').choices(formats))
    .option('-o, --output <file>', 'where to write it; - is standard output', '-')
    .action(async (id, _, command: Command) =>
      done(await (await import('./export.ts')).sessionsExport(id, command.optsWithGlobals(), terminal)),
    )
}

const formats = ['html', 'markdown', 'json']

const changingCommands = (sessions: Command, terminal: Terminal, done: Done): void => {
  const change = async () => await import('./change.ts')
  sessions
    .command('repair')
    .description('check every page of the database; if it is damaged, build a new one from what can be read')
    .action(async (_, command: Command) =>
      done(await (await change()).sessionsRepair(command.optsWithGlobals(), terminal)),
    )
  sessions
    .command('rename')
    .description('rename a session')
    .argument('<id>', 'the session')
    .argument('<title>', 'its title')
    .action(async (id, title, _, command: Command) =>
      done(await (await change()).sessionsRename(id, title, command.optsWithGlobals(), terminal)),
    )
  named(sessions, 'star', 'star a session, to find it again')
    .option('--off', 'remove the star')
    .action(async (id, _, command: Command) =>
      done(await (await change()).sessionsStar(id, command.optsWithGlobals(), terminal)),
    )
  sessions
    .command('delete')
    .description('delete sessions and everything stored with them')
    .argument('<ids...>', 'the sessions')
    .action(async (ids, _, command: Command) =>
      done(await (await change()).sessionsDelete(ids, command.optsWithGlobals(), terminal)),
    )
  named(sessions, 'undo', 'put files back as they were before an agent changed them')
    .option('--turns <number>', 'how many turns to undo, of those that changed files (default: 1)')
    .option('--redo', 'redo what was undone last')
    .option('--force', 'even if a file has been changed since by somebody else')
    .action(async (id, _, command: Command) =>
      done(await (await import('./undo.ts')).sessionsUndo(id, command.optsWithGlobals(), terminal)),
    )
  named(sessions, 'fork', 'start a new session from the first messages of another')
    .option('--at <number>', 'the last message to keep, by its number in `sessions show` (default: all)')
    .option('--message <text>', 'replace that message, one of yours, with these words')
    .action(async (id, _, command: Command) =>
      done(await (await change()).sessionsFork(id, command.optsWithGlobals(), terminal)),
    )
}
