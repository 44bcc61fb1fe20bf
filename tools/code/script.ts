import { MessageChannel, Worker } from 'node:worker_threads'
import type { InnerCall, InnerResult } from '../../runtime/core/tool.ts'
import type { End, FromSandbox, Limits, Task, ToSandbox } from './messages.ts'

/** Milliseconds that a script may compute between two calls; the last resort, since `steps` end it before. */
const longest = 60_000

export const limits: Limits = { steps: 20_000, memory: 64 * 1024 * 1024, stack: 256 * 1024, text: 30_000 }

export type ScriptWorld = {
  readonly signal: AbortSignal
  /** Milliseconds of the run's clock. */
  readonly now: () => Promise<number>
}

/** Where the sandbox lies: beside this file, or above the folder of the pieces that the build makes. */
const sandbox = () => new URL(import.meta.url.endsWith('.ts') ? './sandbox.ts' : '../sandbox.js', import.meta.url)

/**
 * Runs a script in a sandbox. The calls that it makes are yielded one after the other, and what comes of them is given back.
 * With the same answers it does the same: chance and the clock are those of the run.
 */
export async function* runScript(
  task: Omit<Task, 'limits' | 'flag'>,
  { signal, now }: ScriptWorld,
): AsyncGenerator<InnerCall, End, InnerResult> {
  const { port1, port2 } = new MessageChannel()
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const whole: Task = { ...task, limits, flag }
  const worker = new Worker(sandbox(), {
    workerData: { task: whole, port: port2 },
    transferList: [port2],
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  const reply = (answer: ToSandbox): void => {
    port1.postMessage(answer)
    Atomics.store(flag, 0, 1)
    Atomics.notify(flag, 0)
  }
  const next = inbox(worker, signal)
  try {
    for (;;) {
      const message = await next()
      if (message.type === 'end') return message.end
      reply(message.type === 'time' ? { time: await now() } : yield { name: message.name, input: message.input })
    }
  } finally {
    port1.close()
    await worker.terminate()
  }
}

/** What the sandbox says next. A sandbox that breaks, or computes for too long, ends with a problem; a signal throws. */
const inbox = (worker: Worker, signal: AbortSignal): (() => Promise<FromSandbox>) => {
  const waiting: FromSandbox[] = []
  let wake = (): void => undefined
  const add = (message: FromSandbox): void => {
    waiting.push(message)
    wake()
  }
  const broken = (problem: string) => add({ type: 'end', end: { problem, stdout: '', stderr: '' } })
  worker.on('message', add)
  worker.on('error', error => broken(`The sandbox broke: ${error instanceof Error ? error.message : String(error)}`))
  worker.on('exit', () => broken('The sandbox ended before the script did.'))
  return async () => {
    const timer = setTimeout(() => broken('The script takes too long, and was stopped.'), longest)
    const cancelled = () => wake()
    signal.addEventListener('abort', cancelled, { once: true })
    try {
      while (waiting.length === 0) {
        signal.throwIfAborted()
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      return waiting.shift() as FromSandbox
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancelled)
    }
  }
}
