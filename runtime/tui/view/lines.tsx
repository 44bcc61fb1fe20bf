import { Text } from 'ink'
import { memo, type ReactNode } from 'react'
import type { Line } from './line.ts'
import type { Look } from './look.ts'
import { painted } from './paint.ts'

type LinesProps = { readonly lines: readonly Line[]; readonly look: Look }

/** Lines as they are: they have been fitted already. */
export const Lines = ({ lines, look }: LinesProps): ReactNode => (
  <Text wrap="truncate">{textsOf(lines, look).join('\n')}</Text>
)

/**
 * The same, each on its own, for what is drawn again and again: Ink measures again only what has changed, and it remembers
 * each text that it has measured.
 */
export const Rows = ({ lines, look }: LinesProps): ReactNode =>
  // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
  textsOf(lines, look).map((text, index) => <Row key={index} text={text} />)

const textsOf = (lines: readonly Line[], look: Look): string[] => lines.map(line => painted(line, look) || ' ')

const Row = memo(({ text }: { readonly text: string }): ReactNode => <Text wrap="truncate">{text}</Text>)
