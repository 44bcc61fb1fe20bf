import { Box, Static, Text, useCursor, useInput, usePaste, useWindowSize } from 'ink'
import { type ReactNode, useSyncExternalStore } from 'react'
import { blockLines } from './blocks.ts'
import type { Desk } from './driver.ts'
import { keyPressed, pasted } from './keyboard.ts'
import type { Line, Span } from './line.ts'
import { type Frame, frameOf } from './live.ts'
import type { Block } from './store.ts'

export type AppProps = { readonly desk: Desk; readonly tape: string | undefined; readonly look: Look }

/** Whether colours may be used; bold and dim always are. */
export type Look = { readonly color: boolean }

/** What is over goes to the scrollback, once; below it, in place, what still changes. */
export const App = ({ desk, tape, look }: AppProps): ReactNode => {
  const state = useSyncExternalStore(desk.store.subscribe, desk.store.state)
  const size = useWindowSize()
  useInput((input, key) => keyPressed(desk, input, key))
  usePaste(text => pasted(desk, text))
  return (
    <>
      <Static items={state.blocks as Block[]}>
        {(block, index) => <Lines key={index} look={look} lines={blockLines(block, Math.max(12, size.columns - 1))} />}
      </Static>
      {state.isOver ? undefined : <Live look={look} frame={frameOf(state, size, tape)} />}
    </>
  )
}

const Live = ({ frame, look }: { readonly frame: Frame; readonly look: Look }): ReactNode => {
  const { setCursorPosition } = useCursor()
  setCursorPosition(frame.cursor)
  return <Lines look={look} lines={frame.lines} />
}

/** Lines as they are: they have been fitted already. */
const Lines = ({ lines, look }: { readonly lines: readonly Line[]; readonly look: Look }): ReactNode => (
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
