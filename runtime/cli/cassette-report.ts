import { Failure } from '../core/errors.ts'
import type { Terminal } from './terminal.ts'

/** `reprise cassette report NAME`: a recording as a page. */
export const cassetteReport = async (
  _name: string,
  _options: { readonly output: string },
  _terminal: Terminal,
): Promise<number> => {
  throw new Failure('usage', 'not yet')
}
