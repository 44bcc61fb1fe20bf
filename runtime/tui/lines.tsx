import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import type { Line, Span } from './line.ts'

/** Whether colours may be used; bold and dim always are. */
export type Look = { readonly color: boolean }

/** Lines as they are: they have been fitted already. */
export const Lines = ({ lines, look }: { readonly lines: readonly Line[]; readonly look: Look }): ReactNode => (
  <Box flexDirection="column">
    {lines.map((line, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name than its place
      <Text key={index} wrap="truncate">
        {line.length === 0 ? ' ' : line.map(styled(look))}
      </Text>
    ))}
  </Box>
)

const styled =
  (look: Look) =>
  ({ text, color, dim, strike, ...style }: Span, index: number): ReactNode => (
    <Text
      key={index}
      dimColor={dim ?? false}
      strikethrough={strike ?? false}
      {...(look.color && color && { color })}
      {...style}
    >
      {text}
    </Text>
  )
