/** How a command ended: its exit code, or the signal that ended it, or that it ran out of time. */
export type Exit = { readonly code: number | null; readonly signal: string | null }

/** A command that runs; disposing of it ends its whole process group. */
export interface Process extends AsyncDisposable {
  readonly pid: number | undefined
  readonly output: AsyncIterable<{ readonly to: 'stdout' | 'stderr'; readonly bytes: Uint8Array }>
  readonly exit: Promise<Exit>
}

export type SpawnOptions = {
  readonly cwd?: string
  /** What stands on its standard input, which is empty where this is absent. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export type Entry = {
  readonly name: string
  readonly type: 'file' | 'directory' | 'link' | 'other'
  readonly size: number
}

/** From `start` up to but without `end`, counted from 0. */
export type ByteRange = { readonly start: number; readonly end: number }

/** What is about to be done to a file or folder; `path` is the real one, absolute and without links. */
export type FileChange =
  | { readonly type: 'write'; readonly path: string; readonly content: Uint8Array }
  | { readonly type: 'make-directory' | 'remove-directory' | 'remove-file'; readonly path: string }

/** What was at a path. `content` reads the bytes of a file, and is absent where they were too many to be kept. */
export type Trace =
  | { readonly type: 'nothing' }
  | { readonly type: 'other' }
  | { readonly type: 'folder'; readonly mode: number }
  | { readonly type: 'link'; readonly target: string }
  | { readonly type: 'file'; readonly mode: number; readonly content?: () => Uint8Array }

/** What a command has changed; `path` is absolute and without links. */
export type Changed = { readonly path: string; readonly before: Trace }

/** Looks at a change before it is made. */
export type BeforeChange = (change: FileChange) => void

/**
 * The files and processes a tool may touch. Local, sandboxed or remote: a tool cannot tell.
 * Relative paths are taken from `root`. What cannot be done (no such file, a folder where a file was meant,
 * a path outside the allowed roots) is a `ToolFailure` in words for the model.
 */
export interface Workspace {
  readonly root: string
  /** All of a file, or the bytes of `range` as far as the file has them. */
  read(path: string, range?: ByteRange): Promise<Uint8Array>
  /** Whole or not at all: a reader never sees half a file, and a failure leaves the old one. Makes missing folders. */
  write(path: string, content: string | Uint8Array): Promise<void>
  stat(path: string): Promise<Entry | undefined>
  list(path: string): Promise<readonly Entry[]>
  /** A file, and not what a link leads to. */
  removeFile(path: string): Promise<void>
  makeDirectory(path: string): Promise<void>
  /** Only an empty one. */
  removeDirectory(path: string): Promise<void>
  /** The same one, with no file reachable outside these folders, not even through links. */
  within(roots: readonly string[]): Workspace
  /** Runs `command` with the system's shell. */
  shell(command: string, options: SpawnOptions): Process
}
