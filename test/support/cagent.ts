import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedCall } from './wild/body.ts'
import { goVcrCalls } from './wild/yaml.ts'
import { wildFolder } from './wild.ts'

/** The model calls of one of cagent's own end-to-end cassettes. Only where `wildFolder` is there. */
export const cagentCalls = (name: string): RecordedCall[] =>
  goVcrCalls(readFileSync(join(`${wildFolder}`, 'cagent-e2e/testdata/cassettes', `${name}.yaml`), 'utf8'))
