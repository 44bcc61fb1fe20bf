import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import type { LspConfig, LspWorld } from './config.ts'
import { Guard } from './guard.ts'

/** Characters of what a server writes to standard error that are kept, from the end. */
const keptErrors = 4000

/** Milliseconds by which the last words of a server may come after its end. */
const lateness = 100

/** A language server as a process of ours, in a group of its own: it ends with everything that it has started. */
export class ServerProcess implements AsyncDisposable {
  readonly guard = new Guard()
  readonly child: ChildProcessWithoutNullStreams
  /** Why it is gone, once it is. */
  ending: string | undefined
  readonly #world: LspWorld
  readonly #gone = Promise.withResolvers<string>()
  #errors = ''
  #closing: Promise<void> | undefined

  /** Throws the system's error where it cannot be started. */
  static async start({ command, args, env }: LspConfig, cwd: string, world: LspWorld): Promise<ServerProcess> {
    const { spawn } = process.getBuiltinModule('node:child_process')
    const all = { ...world.env, ...env }
    const child = spawn(command, args, { cwd, env: all, detached: true, stdio: 'pipe', windowsHide: true })
    const started = new ServerProcess(child, world)
    await once(child, 'spawn')
    if (child.pid !== undefined) world.groups.add(child.pid)
    return started
  }

  private constructor(child: ChildProcessWithoutNullStreams, world: LspWorld) {
    this.child = child
    this.#world = world
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptErrors)
    })
    child.stdout.on('data', (bytes: Buffer) => {
      const problem = this.guard.look(bytes)
      if (problem !== undefined) this.#end(problem)
    })
    // What cannot be started is told by `start`, a pipe that breaks by the end of the process.
    for (const each of [child, child.stdin, child.stdout, child.stderr]) each.on('error', () => undefined)
    const words = (code: number | null, signal: string | null) =>
      signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`
    child.once('close', (code, signal) => this.#end(words(code, signal)))
    // Its last words may come after its end; what it left running must not hold us up.
    child.once('exit', (code, signal) => this.#endSoon(words(code, signal), lateness))
    // Without a voice it is of no use, even if it lives on.
    child.stdout.once('end', () => this.#endSoon('it closed its output', 2 * lateness))
  }

  /** Why it is gone, when it is. */
  get gone(): Promise<string> {
    return this.#gone.promise
  }

  /** What it said on standard error, the last of it. */
  get errors(): string {
    return this.#errors.trim()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#world.groups.end(this.child)
    this.#end('it was ended')
    return this.#closing
  }

  #endSoon(why: string, milliseconds: number): void {
    setTimeout(() => this.#end(why), milliseconds).unref()
  }

  #end(why: string): void {
    if (this.ending !== undefined) return
    this.ending = why
    this.#gone.resolve(why)
    // Nothing more is held of one that floods us.
    this.child.stdout.destroy()
    void this[Symbol.asyncDispose]()
  }
}
