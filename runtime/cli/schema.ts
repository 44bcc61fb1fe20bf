import { agentFileJsonSchema } from '../config/json-schema.ts'
import type { Terminal } from './terminal.ts'
import { write } from './terminal.ts'

/** `reprise schema`: the JSON Schema of agent files. */
export const schema = async ({ stdout }: Terminal): Promise<number> => {
  await write(stdout, `${JSON.stringify(agentFileJsonSchema(), null, 2)}\n`)
  return 0
}
