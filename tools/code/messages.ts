import type { JsonObject } from '../../runtime/core/json.ts'

/** What a sandbox is given: the script, the functions it may call, and how much it may do. */
export type Task = {
  readonly script: string
  /** Names of tools; `isPlain` ones are also there without `tools.` in front. */
  readonly functions: readonly { readonly name: string; readonly isPlain: boolean }[]
  /** What chance begins with: the same script gets the same numbers in every run. */
  readonly seed: number
  readonly limits: Limits
  /** 0 while the sandbox waits for an answer. */
  readonly flag: Int32Array
}

export type Limits = {
  /** In units of 10,000 jumps and calls: the same on every machine, as time is not. */
  readonly steps: number
  /** Bytes that the script may hold. */
  readonly memory: number
  /** Bytes of the stack. */
  readonly stack: number
  /** Characters of the value, and of each of the two outputs. */
  readonly text: number
}

/** What a sandbox asks for while it runs, and what it says in the end. */
export type FromSandbox =
  | { readonly type: 'call'; readonly name: string; readonly input: JsonObject }
  | { readonly type: 'time' }
  | { readonly type: 'end'; readonly end: End }

/** How a script ended: with a value, or with a problem in words. */
export type End = {
  readonly value?: string
  readonly problem?: string
  readonly stdout: string
  readonly stderr: string
}

/** An answer to a call, or the time in milliseconds. */
export type ToSandbox = { readonly text: string; readonly isError?: boolean } | { readonly time: number }
