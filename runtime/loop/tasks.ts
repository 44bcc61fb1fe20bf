import type { StopAnswer } from '../core/border.ts'
import type { RunEvent } from '../core/event.ts'
import type { Message } from '../core/message.ts'
import { Joining, together } from './together.ts'

export type TaskStatus = 'running' | 'completed' | 'stopped' | 'failed'

/** What a call began in the background. */
export class Task {
  /** The number of the call. */
  readonly call: number
  readonly id: string
  readonly agent: string
  status: TaskStatus = 'running'
  /** Whether it cannot go on before a person has answered. */
  isAsking = false
  /** What it has said so far, or the reason why it failed. */
  words = ''
  #changed = Promise.withResolvers<void>()
  readonly #stopping = Promise.withResolvers<StopAnswer | null>()

  constructor({ call, id, agent }: Pick<Task, 'call' | 'id' | 'agent'>) {
    this.call = call
    this.id = id
    this.agent = agent
  }

  /** Settles when somebody stops it, or with null when it has ended. */
  get stopping(): Promise<StopAnswer | null> {
    return this.#stopping.promise
  }

  stop(): void {
    this.#stopping.resolve('stopped')
  }

  change(to: Partial<Pick<Task, 'status' | 'isAsking' | 'words'>>): void {
    Object.assign(this, to)
    if (this.status !== 'running') this.#stopping.resolve(null)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async until(isSo: (task: Task) => boolean): Promise<void> {
    while (!isSo(this)) await this.#changed.promise
  }
}

/** So many characters of what a task says are shown. */
export const mostWords = 100_000
/** So many may run at once, and so many are kept, as in cagent. */
const mostRunning = 20
const mostKept = 100

/** What an agent began in the background. It belongs to the run in which it began: that waits for it, or ends it. */
export class Tasks {
  readonly #all = new Map<string, Task>()
  #joining = new Joining<RunEvent>()
  #untold: number[] = []
  readonly #unseen = new Set<Task>()
  #controller = new AbortController()

  get all(): readonly Task[] {
    return [...this.#all.values()]
  }

  /** Fires when the run is torn down. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why no more can be begun now; nothing where it can. */
  refusal(): string | undefined {
    if (this.#running().length < mostRunning) return undefined
    return `${mostRunning} agents are running in the background already. Wait for one of them, or stop one.`
  }

  begin(task: Task, work: AsyncGenerator<RunEvent, unknown>): void {
    const oldest = this.all.find(({ status }) => status !== 'running')
    if (this.#all.size >= mostKept && oldest) this.#all.delete(oldest.id)
    this.#all.set(task.id, task)
    this.#untold.push(task.call)
    this.#unseen.add(task)
    this.#joining.join(work)
  }

  named(id: string): Task | undefined {
    return this.#all.get(id)
  }

  /** The agent knows that it has ended. */
  seen(task: Task): void {
    this.#unseen.delete(task)
  }

  /** Numbers of the calls whose tasks are to be told now, each given once. */
  untold(): number[] {
    return this.#untold.splice(0)
  }

  /** What came of tasks of whose end the agent has not heard, in the order of beginning, each told once. */
  news(): Message | undefined {
    const news = [...this.#unseen]
    this.#unseen.clear()
    if (news.length === 0) return undefined
    const told = news.map(
      ({ id, agent, status, words }) =>
        `Background agent task ${id} of ${agent} is ${status}:\n\n${words.slice(-mostWords)}`,
    )
    return { role: 'user', from: 'background', content: [{ type: 'text', text: told.join('\n\n') }] }
  }

  /** Nobody wants to know any more what comes of them. */
  stop(): void {
    for (const task of this.#running()) task.stop()
    this.#unseen.clear()
  }

  async ended(): Promise<void> {
    for (const task of this.all) await task.until(({ status }) => status !== 'running')
  }

  /** The events of a run, and of all that it begins in the background. When it ends or is left, so does all of that. */
  async *beside<Result>(main: AsyncGenerator<RunEvent, Result>): AsyncGenerator<RunEvent, Result> {
    this.#controller = new AbortController()
    this.#joining = new Joining()
    return yield* together(main, this.#joining, () => this.#controller.abort())
  }

  #running(): Task[] {
    return this.all.filter(({ status }) => status === 'running')
  }
}
