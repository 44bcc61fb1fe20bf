/** Why two requests are not equal. The first ones are what the conversation key lets pass, the others are never answered. */
export type Cause =
  | 'model'
  | 'instruction'
  | 'tools'
  | 'parameters'
  | 'message'
  | 'answer'
  | 'tool-result'
  | 'order'
  | 'ids-crossed'
  | 'longer'
  | 'shorter'
  | 'arguments'

/** One thing that differs, in the conversation's own terms, with the two texts where there are texts. */
export type Difference = {
  readonly cause: Cause
  readonly what: string
  readonly where?: string
  readonly recorded?: string
  readonly now?: string
}
