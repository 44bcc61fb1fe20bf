import { ToolFailure } from '../../runtime/core/tool.ts'
import type { Process } from '../../runtime/core/workspace.ts'
import { endingOf } from './command.ts'
import { type Output, output } from './output.ts'

type Status = 'running' | 'completed' | 'failed' | 'stopped'
type Job = {
  readonly id: string
  readonly command: string
  readonly process: Process
  readonly output: Output
  status: Status
  ended?: string
}

const mostRunning = 20

/** Commands that run beside the conversation. Ids are counted, so that a replay names the same jobs. */
export class Jobs implements AsyncDisposable {
  readonly #jobs: Job[] = []

  /** Throws a ToolFailure when too many run, and what `spawn` throws; no id is used up then. */
  start(command: string, spawn: () => Process): string {
    if (this.#jobs.filter(({ status }) => status === 'running').length >= mostRunning) {
      throw new ToolFailure(`${mostRunning} background jobs are running. Stop one with stop_background_job first.`)
    }
    const job: Job = {
      id: `job_${this.#jobs.length + 1}`,
      command,
      process: spawn(),
      output: output(),
      status: 'running',
    }
    this.#jobs.push(job)
    void follow(job)
    return job.id
  }

  list(): string {
    if (this.#jobs.length === 0) return 'There are no background jobs.'
    return this.#jobs.map(job => `${job.id}: ${statusOf(job)}: ${job.command}`).join('\n')
  }

  view(id: string): string {
    const job = this.#find(id)
    return `Job ${job.id}: ${statusOf(job)}\nCommand: ${job.command}\n\n${job.output.text().trim() || '<no output>'}`
  }

  async stop(id: string): Promise<string> {
    const job = this.#find(id)
    if (job.status !== 'running') throw new ToolFailure(`Job ${id} is not running: ${statusOf(job)}.`)
    job.status = 'stopped'
    await job.process[Symbol.asyncDispose]()
    return `Job ${id} stopped`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#jobs.map(({ process }) => process[Symbol.asyncDispose]()))
  }

  #find(id: string): Job {
    const job = this.#jobs.find(job => job.id === id)
    if (job) return job
    const known = this.#jobs.map(({ id }) => id).join(', ') || 'none'
    throw new ToolFailure(`There is no background job ${id}. The jobs are: ${known}.`)
  }
}

/** Reads what a job says until it ends. Never rejects: a job that fails says so when it is viewed. */
const follow = async (job: Job): Promise<void> => {
  try {
    for await (const piece of job.process.output) job.output.add(piece)
    const exit = await job.process.exit
    job.ended = endingOf(exit)
    if (job.status === 'running') job.status = exit.code === 0 ? 'completed' : 'failed'
  } catch (error) {
    job.status = 'failed'
    job.ended = error instanceof Error ? error.message : String(error)
  }
}

const statusOf = ({ status, ended }: Job): string => (ended ? `${status} (${ended})` : status)
