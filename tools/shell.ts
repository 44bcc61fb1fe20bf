import { type Tool, ToolFailure, type Toolset } from '../runtime/core/tool.ts'
import type { Process } from '../runtime/core/workspace.ts'
import { count, defineTool, optional, text } from './define.ts'
import { run } from './shell/command.ts'
import { Jobs } from './shell/jobs.ts'

export type ShellConfig = {
  /** Added to the environment of each command; wins over what is there. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

const instructions = `# Shell

- Each call is a new shell without a terminal and without input: directories and variables of an earlier call are gone.
  Give \`cwd\` instead of \`cd\`, and never start a program that asks questions.
- A call ends after \`timeout\` seconds, 30 if you give none. Give more to builds and tests. What does not end by itself
  (servers, watchers) belongs into \`run_background_job\`; look at it with \`view_background_job\` and stop it when you
  are done.
- Output is cut in the middle when it is long. Narrow it down (\`grep\`, \`head\`, quiet flags) rather than read all.
- Variables that hold credentials are not handed on to commands.`

const defaultTimeout = 30
const longestTimeout = 24 * 60 * 60

/** What the tools of one toolset share: its configuration, its jobs, and what foreground commands may have left running. */
type Shell = { readonly env: Readonly<Record<string, string>>; readonly jobs: Jobs; readonly started: Set<Process> }

/** Commands by the system's shell, in the foreground and beside the conversation. All of them end with the toolset. */
export const shellToolset = ({ env = {} }: ShellConfig): Toolset => {
  const shell: Shell = { env, jobs: new Jobs(), started: new Set() }
  return {
    name: 'shell',
    instructions,
    open: async () => [runCommand(shell), runJob(shell), listJobs(shell), viewJob(shell), stopJob(shell)],
    async [Symbol.asyncDispose]() {
      const started = [shell.jobs, ...shell.started]
      await Promise.all(started.map(each => each[Symbol.asyncDispose]()))
    },
  }
}

const command = text('The command line; pipes, redirections and several lines are fine')
const directory = optional(text('The directory to run it in (default: the working directory)'))
const jobId = text('The id of the job, such as job_1')

const runCommand = ({ env, started }: Shell): Tool =>
  defineTool({
    name: 'shell',
    description:
      'Run a command with the shell and wait for it. Gives back what it wrote, standard output and errors together.',
    parameters: {
      cmd: command,
      cwd: directory,
      timeout: optional(count(`Seconds until it is ended (default: ${defaultTimeout})`, longestTimeout)),
    },
    isOpaque: true,
    async execute({ cmd, cwd, timeout = defaultTimeout }, context) {
      const keep = (process: Process): unknown => started.add(process)
      const { said, problem } = await run({ line: cmd, cwd, env, timeout, started: keep }, context)
      if (problem?.type === 'timeout') throw new ToolFailure(`Command ${problem.text}\nOutput: ${said}`)
      if (problem) throw new ToolFailure(`Error executing command: ${problem.text}\nOutput: ${said}`)
      return said || '<no output>'
    },
  })

const runJob = ({ env, jobs }: Shell): Tool =>
  defineTool({
    name: 'run_background_job',
    description:
      'Start a command that goes on beside the conversation: a server, a watcher, a long build. Gives back its id.',
    parameters: { cmd: command, cwd: directory },
    execute({ cmd, cwd = '.' }, { workspace }) {
      // A job outlives the call and the turn that began it; it ends with the toolset.
      const { signal } = new AbortController()
      const id = jobs.start(cmd, () => workspace.shell(cmd, { cwd, env, signal }))
      return `Background job started with ID: ${id}\nCommand: ${cmd}\nWorking directory: ${cwd}`
    },
  })

const listJobs = ({ jobs }: Shell): Tool =>
  defineTool({
    name: 'list_background_jobs',
    description: 'Show all background jobs and how they are doing.',
    parameters: {},
    readOnly: true,
    execute: () => jobs.list(),
  })

const viewJob = ({ jobs }: Shell): Tool =>
  defineTool({
    name: 'view_background_job',
    description: 'Show how a background job is doing and what it has written so far.',
    parameters: { job_id: jobId },
    readOnly: true,
    execute: ({ job_id }) => jobs.view(job_id),
  })

const stopJob = ({ jobs }: Shell): Tool =>
  defineTool({
    name: 'stop_background_job',
    description: 'End a background job with all the processes it has started.',
    parameters: { job_id: jobId },
    execute: ({ job_id }) => jobs.stop(job_id),
  })
