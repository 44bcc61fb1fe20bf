import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  RELEASE_SYNC,
} from 'quickjs-emscripten'
import type { JsonObject } from '../../runtime/core/json.ts'
import type { End, FromSandbox, Task, ToSandbox } from './messages.ts'
import { prelude } from './prelude.ts'

// A thread of its own, with an engine of its own in it: it reaches nothing but what it asks for, whoever started it can end
// it at any time, and it may stand still while it waits for an answer, so that tools are functions as any other.

const { task, port } = workerData as { task: Task; port: MessagePort }

const tell = (message: FromSandbox): void => parentPort?.postMessage(message)

const ask = (message: FromSandbox): ToSandbox => {
  Atomics.store(task.flag, 0, 0)
  tell(message)
  Atomics.wait(task.flag, 0, 0)
  return receiveMessageOnPort(port)?.message as ToSandbox
}

/** The engine asks the thread for the time: it is that of the run, and all clocks here are in the same place. */
const setClock = (): { begin: () => void } => {
  let time: (() => number) | number = task.seed
  const now = (): number => {
    if (typeof time === 'function') time = time()
    return time
  }
  Object.assign(Date, { now })
  for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Minutes', 'Month', 'Seconds']) {
    const prototype = Date.prototype as unknown as Record<string, unknown>
    prototype[`get${part}`] = prototype[`getUTC${part}`]
  }
  Date.prototype.getTimezoneOffset = () => 0
  return {
    begin: () => {
      time = () => {
        const answer = ask({ type: 'time' })
        return 'time' in answer ? answer.time : 0
      }
    },
  }
}

/** What was printed, up to a limit. */
const printed = (most: number) => {
  const texts = { stdout: '', stderr: '' }
  return {
    texts,
    print: (to: string, line: string): void => {
      const side = to === 'stderr' ? 'stderr' : 'stdout'
      if (texts[side].length > most) return
      const text = `${texts[side]}${line}\n`
      texts[side] = text.length > most ? `${text.slice(0, most)}… (cut off)` : text
    },
  }
}

const run = async (): Promise<End> => {
  const clock = setClock()
  const { texts, print } = printed(task.limits.text)
  const { vm, isOver } = await engine()
  vm.setProp(vm.global, '__host', vm.newFunction('__host', hostOf(vm, print)))
  vm.unwrapResult(vm.evalCode(prelude, 'prelude.js'))
  const textFor = vm.getProp(vm.global, '__valueOf')
  vm.unwrapResult(vm.evalCode('delete globalThis.__valueOf'))
  clock.begin()

  const failed = (error: QuickJSHandle): End => ({ problem: isOver() ? tooLong : problemIn(vm.dump(error)), ...texts })
  // On one line, so that lines are counted as the model wrote them.
  const started = vm.evalCode(`(async () => {${task.script}\n})()`, 'script.js')
  if (started.error) return failed(started.error)
  const jobs = vm.runtime.executePendingJobs()
  if (jobs.error) return failed(jobs.error)
  const state = vm.getPromiseState(started.value)
  if (state.type === 'pending') return { problem: isOver() ? tooLong : neverEnding, ...texts }
  if (state.type === 'rejected') return failed(state.error)
  const value = vm.callFunction(textFor, vm.undefined, state.value)
  return value.error ? failed(value.error) : { value: cut(vm.getString(value.value), task.limits.text), ...texts }
}

/** An engine with limits; `isOver` tells whether the script used up its steps. */
const engine = async (): Promise<{ vm: QuickJSContext; isOver: () => boolean }> => {
  const { steps, memory, stack } = task.limits
  const quickjs = await newQuickJSWASMModuleFromVariant(RELEASE_SYNC)
  const runtime = quickjs.newRuntime()
  runtime.setMemoryLimit(memory)
  runtime.setMaxStackSize(stack)
  let left = steps
  runtime.setInterruptHandler(() => --left < 0)
  return { vm: runtime.newContext(), isOver: () => left < 0 }
}

/** What the script can reach: the tools, and what it prints. */
const hostOf = (vm: QuickJSContext, print: (to: string, line: string) => void) => {
  const answers: Readonly<Record<string, (name: string, text: string) => string>> = {
    functions: () => JSON.stringify(task.functions),
    call: (name, input) => JSON.stringify(ask({ type: 'call', name, input: JSON.parse(input) as JsonObject })),
    print: (to, line) => {
      print(to, line)
      return ''
    },
  }
  return (...given: readonly QuickJSHandle[]): QuickJSHandle => {
    const [kind = '', name = '', text = ''] = given.map(handle => vm.getString(handle))
    return vm.newString(answers[kind]?.(name, text) ?? '')
  }
}

const tooLong = 'The script takes too long, and was stopped.'
const neverEnding = 'The script waits for something that never comes.'

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}… (${text.length - most} more characters were cut off)` : text

/** `TypeError: x is not a function (line 3: x())`. */
const problemIn = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return `The script threw ${JSON.stringify(error)}.`
  const { name = 'Error', message = '', stack = '' } = error as { name?: string; message?: string; stack?: string }
  const number = Number(/script\.js:(\d+)/.exec(String(stack))?.[1] ?? 0)
  const line = task.script.split('\n')[number - 1]?.trim() ?? ''
  return `${name}: ${message}${number > 0 ? ` (line ${number}${line ? `: ${line.slice(0, 200)}` : ''})` : ''}`
}

tell({ type: 'end', end: await run() })
