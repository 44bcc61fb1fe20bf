import { writeFileSync } from 'node:fs'
import { agentFileJsonSchema } from '../runtime/config/json-schema.ts'
import { cliReference } from './reference-cli.ts'
import { referenceConfig } from './reference-config.ts'
import { terminalPage } from './terminal.ts'

/** Files that are made from the code, by their paths from the root of the project. A test holds them equal to it. */
export const generated: readonly { readonly path: string; readonly content: () => string }[] = [
  { path: 'agent-schema.json', content: () => `${JSON.stringify(agentFileJsonSchema(), null, 2)}\n` },
  { path: 'docs/reference-config.md', content: referenceConfig },
  { path: 'docs/reference-cli.md', content: cliReference },
  { path: 'docs/terminal.md', content: terminalPage },
]

if (import.meta.main) {
  for (const { path, content } of generated) writeFileSync(new URL(`../${path}`, import.meta.url), content())
}
