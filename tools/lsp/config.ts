import type { JsonObject } from '../../runtime/core/json.ts'
import type { Groups } from '../mcp/group.ts'

/** A language server as the agent file names it. */
export type LspConfig = {
  /** For people. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Added to what commands get; wins. */
  readonly env: Readonly<Record<string, string>>
  /** Endings of the files that it is for, with or without a dot; all files where there are none. */
  readonly fileTypes: readonly string[]
  /** What it is told at its start, and what it is answered when it asks for settings. */
  readonly settings?: JsonObject
  /** Where it can be had, as the agent file says. */
  readonly version?: string
  /** Seconds to wait for its start, and for an answer. */
  readonly timeout?: number
}

/** What language servers get of their surroundings. */
export type LspWorld = {
  /** The environment of commands: without credentials, except those that `env` names. */
  readonly env: Readonly<Record<string, string>>
  readonly groups: Groups
  /** Of Reprise, as servers are told. */
  readonly version: string
  readonly log: (line: string) => void
}

/** Whether a server with these `file_types` is for that file. */
export const handles = (fileTypes: readonly string[], path: string): boolean =>
  fileTypes.length === 0 ||
  fileTypes.some(type => path.toLowerCase().endsWith(`.${type.toLowerCase().replace(/^[*.]+/, '')}`))
