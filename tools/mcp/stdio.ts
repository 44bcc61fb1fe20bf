import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import type { Groups } from './group.ts'
import { flooded, longestMessage, most, tooLarge } from './limits.ts'
import { type Line, Lines } from './lines.ts'
import { closed, gone } from './words.ts'

export type Command = {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** Milliseconds to wait for the end of a server that does not listen any more. */
const patience = 500

/** Milliseconds by which the last words of a server may come after its end. */
const lateness = 100

/** Characters of what a server writes to standard error that are kept, from the end. */
const keptErrors = 4000

/**
 * A server as a process of ours, in a group of its own: it ends with everything it has started. Unlike the SDK's own
 * transport it holds no more than one message, answers in the server's place where that sends a larger one, and ends a
 * server that floods us.
 */
export class StdioTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  /** Why the server is gone, once it is. */
  ending: string | undefined
  readonly #command: Command
  readonly #groups: Groups
  readonly #lines = new Lines(longestMessage)
  #child: ChildProcessWithoutNullStreams | undefined
  #closing: Promise<void> | undefined
  readonly #end = Promise.withResolvers<void>()
  #errors = ''
  /** What came since the last answer. */
  #bytes = 0
  #messages = 0

  constructor(command: Command, groups: Groups) {
    this.#command = command
    this.#groups = groups
  }

  /** What the server said on standard error, the last of it. */
  get errors(): string {
    return this.#errors.trim()
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#command
    const { spawn } = process.getBuiltinModule('node:child_process')
    const child = spawn(command, args, { cwd, env, detached: true, stdio: 'pipe', windowsHide: true })
    this.#child = child
    this.#watch(child)
    await once(child, 'spawn')
    if (child.pid !== undefined) this.#groups.add(child.pid)
  }

  #watch(child: ChildProcessWithoutNullStreams): void {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptErrors)
    })
    child.stdout.on('data', (bytes: Buffer) => this.#hear(bytes))
    // What cannot be started is told by `start`, a pipe that breaks by the end of the process.
    for (const each of [child, child.stdin, child.stdout, child.stderr]) each.on('error', () => undefined)
    const wordsFor = (code: number | null, signal: string | null) =>
      signal === null ? `exit code ${code}` : `ended by ${signal}`
    child.once('close', (code, signal) => this.#ended(wordsFor(code, signal)))
    // Its last words may come after its end; what it left running must not hold us up.
    child.once('exit', (code, signal) => this.#endedSoon(wordsFor(code, signal), lateness))
    // Without a voice it is of no use, even if it lives on.
    child.stdout.once('end', () => this.#endedSoon('it closed its output', 2 * lateness))
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin
    try {
      if (!stdin?.writable) throw new Error('the server does not listen')
      if (!stdin.write(`${JSON.stringify(message)}\n`)) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')])
    } catch (error) {
      // A server that has ended is told by that, which comes a moment later.
      await Promise.race([this.#end.promise, wait(patience, undefined, { ref: false })])
      throw Object.assign(new Error('the server is gone', { cause: error }), { code: gone })
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#child ? this.#groups.end(this.#child) : Promise.resolve()
    this.#ended(closed)
    return this.#closing
  }

  #hear(bytes: Buffer): void {
    if (this.ending !== undefined) return
    this.#bytes += bytes.length
    for (const line of this.#lines.add(bytes)) {
      this.#messages += 1
      this.#read(line)
    }
    if (this.#bytes > most.bytes || this.#messages > most.messages) this.#ended(flooded)
  }

  #read(line: Line): void {
    const message = 'text' in line ? parsed(line.text) : tooLarge(line)
    if (!message) {
      this.onerror?.(new Error(`no message: ${('text' in line ? line.text : line.start).slice(0, 200)}`))
      return
    }
    if ('result' in message || 'error' in message) this.#bytes = this.#messages = 0
    this.onmessage?.(message)
  }

  #endedSoon(why: string, milliseconds: number): void {
    setTimeout(() => this.#ended(why), milliseconds).unref()
  }

  #ended(why: string): void {
    if (this.ending !== undefined) return
    this.ending = why
    this.#end.resolve()
    this.onclose?.()
    void this.close()
  }
}

/** Whether it is a message of the protocol is for the SDK to say; banners and the like are none. */
const parsed = (line: string): JSONRPCMessage | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as JSONRPCMessage) : undefined
  } catch {
    return undefined
  }
}
