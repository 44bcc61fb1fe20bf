/** An option of `run` and `exec`: `flags` as commander writes them, `many` where it may be given again. */
export type RunFlag = {
  readonly flags: string
  readonly description: string
  readonly choices?: readonly string[]
  readonly many?: true
}

/** What `run` and `exec` have in common. Help, completion and the reference are made from it too. */
export const runFlags: readonly RunFlag[] = [
  { flags: '-a, --agent <name>', description: 'the agent to talk to (default: root, else the first)' },
  { flags: '--model <[agent=]provider/model>', description: 'use this model; repeat it for other agents', many: true },
  { flags: '--record[=name]', description: 'record into a cassette (default: reprise-recording-<unix time>)' },
  { flags: '--fake <name>', description: 'play a cassette back: no key, no network, no side effects' },
  {
    flags: '--fake-stream[=ms]',
    description: 'with --fake: wait this many milliseconds before each line of a stream (default: 15)',
  },
  {
    flags: '--fake-tools <how>',
    description: 'with --fake: answer tools from the cassette, or run them',
    choices: ['replay', 'live'],
  },
  {
    flags: '--strict',
    description: 'with --fake: any difference from the recording fails (default where CI is set)',
  },
  { flags: '--no-strict', description: 'with --fake: let changed instructions pass, and report them' },
  { flags: '--yolo', description: 'approve every tool call that no rule denies' },
  { flags: '--max-cost <dollars>', description: 'stop at this cost, all agents together; none for no limit' },
  { flags: '--max-tokens <count>', description: 'stop at this many tokens, in and out' },
  { flags: '--timeout <time>', description: 'stop after this time: 90s, 5m, 1h30m, or seconds' },
  { flags: '--json', description: 'print one event per line' },
  { flags: '-q, --quiet', description: 'print the final answer only' },
  { flags: '--hide-tool-calls', description: 'do not print tool calls and their results' },
  { flags: '--hide-tool-results', description: 'do not print what tools answered' },
  {
    flags: '--live-output',
    description:
      'show what tools write while they run, on standard error (default on a terminal); with --json as events',
  },
  {
    flags: '--attach <file>',
    description: 'send a text, image or PDF file along with the first message; may be repeated',
    many: true,
  },
  {
    flags: '--prompt-file <file>',
    description: 'add a file to the instructions of every agent; may be repeated',
    many: true,
  },
  { flags: '--session <id>', description: 'continue this session; -1 is the last, -2 the one before' },
  { flags: '--no-session', description: 'do not store the conversation' },
  { flags: '-s, --session-db <file>', description: 'the file in which sessions are stored' },
  { flags: '--dry-run', description: 'load everything, then stop' },
  { flags: '--working-dir <folder>', description: 'the folder in which the agent works' },
  {
    flags: '--env-from-file <file>',
    description: 'take environment variables from a file; may be repeated',
    many: true,
  },
  { flags: '-o, --otel', description: 'send traces and metrics to an OpenTelemetry collector' },
  { flags: '-d, --debug', description: 'log what crosses the border, redacted, to standard error' },
  { flags: '--log-file <file>', description: 'write the log there instead' },
  {
    flags: '--log-level <level>',
    description: 'with --debug or --log-file: error, info (no bodies) or debug (default)',
    choices: ['error', 'info', 'debug'],
  },
  {
    flags: '--log-format <format>',
    description: 'with --debug or --log-file: text (default), or json, one object per line',
    choices: ['text', 'json'],
  },
]

/** Those that only `run` has. */
export const runOnlyFlags: readonly RunFlag[] = [
  { flags: '--exec', description: 'do what `reprise exec` does: answer the messages and exit' },
  { flags: '--plain', description: 'converse line by line, without a screen' },
]
