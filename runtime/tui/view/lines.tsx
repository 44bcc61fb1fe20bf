import { Text } from 'ink'
import type { ReactNode } from 'react'
import type { Line } from './line.ts'
import type { Look } from './look.ts'
import { painted } from './paint.ts'

/** Lines as they are: they have been fitted already. */
export const Lines = ({ lines, look }: { readonly lines: readonly Line[]; readonly look: Look }): ReactNode => (
  <Text wrap="truncate">{lines.map(line => painted(line, look) || ' ').join('\n')}</Text>
)
