import type { Json, JsonObject } from './json.ts'

/**
 * What stands above the interactions: enough to replay the run anywhere. `recorded` is ISO 8601 and is the clock of
 * a replay; `facts` are what prompts said about the surroundings; `note` tells a reader what he should know.
 */
export type CassetteHeader = {
  readonly reprise: string
  readonly recorded: string
  readonly note?: string
  /** The format that it was imported from: it holds HTTP traffic alone, and no tool calls. */
  readonly imported?: string
  /** Whether bytes of the wire, signatures and thoughts that came back were taken out: then they are not compared either. */
  readonly slim?: true
  readonly agent?: {
    readonly path: string
    readonly digest: string
    readonly content?: string
    /** Agent files that this one leads to; their paths are seen from its folder. */
    readonly files?: readonly { readonly path: string; readonly digest: string; readonly content: string }[]
  }
  /** What the run hung on beside the file, as on a command line, and the environment that reached its prompts. */
  readonly arguments?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Where the agent worked, and the user's home: text of the run says `${working-directory}` and `${home}` instead. */
  readonly workingDirectory?: string
  readonly home?: string
  /** Credentials that only this project knows: expressions by the names that stand for them, and fields that hold them. */
  readonly redaction?: {
    readonly patterns?: Readonly<Record<string, string>>
    readonly fields?: readonly string[]
  }
}

/** The fields of an answer that came, or the words of why none came. */
export type RecordedResponse = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** What the model said in this answer, folded: for the reader, and for a replay where `body` was taken out. */
  readonly said?: Json
  /** Text of the wire, or base64 of it where it is no UTF-8. */
  readonly body?: Json
  readonly encoding?: 'base64'
  /** Where the network cut the body, and when: `120+35 64+2` is 120 bytes after 35 ms, then 64 after 2 ms more. */
  readonly chunks?: string
  /** Why no answer came, or why it broke off; `code` is one of `failures` in errors.ts. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string }
}

/**
 * One crossing of the border. A model call has an HTTP method and URL; everything else has a scheme of its own:
 * `CALL tool:read_file`, `ASK question:shell`, `SAY message:user`, `SAY message:command`, `HEAR heard:user`, `SET setting:user`, `STOP interruption:user`, `READ fact:date`,
 * `RULE permission:shell`, `HOOK hook:pre_tool_use`, `HALT stop:background`, `PACK compact:near`.
 * `state` is absent for a crossing that came to its end.
 */
export type Interaction = {
  readonly id: number
  readonly lane: string
  readonly agent: string
  readonly request: {
    readonly method: string
    readonly url: string
    readonly provider?: string
    readonly protocol?: string
    readonly operation?: string
    readonly body: Json
  }
  readonly response: RecordedResponse
  readonly state?: 'interrupted' | 'failed'
  /** Place in the order of completion, where it differs from the order of asking. */
  readonly rank?: number
  /** Digests of the request as it is compared: exact, then conversation. Aids the look-up, and is checked when used. */
  readonly key?: string
  /** When, in ISO 8601, where that was after the rest of the recording: a part was recorded anew. */
  readonly recorded?: string
}

/** A difference that the conversation key let pass: what, where, and the two texts. */
export type Drift = {
  readonly lane: string
  readonly interaction: number
  readonly what: string
  /** It comes of what a person has changed in the recording. */
  readonly edited?: true
  readonly detail?: JsonObject
}
