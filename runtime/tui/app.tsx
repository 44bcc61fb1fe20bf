import { Static, useCursor, useInput, usePaste, useWindowSize } from 'ink'
import { type ReactNode, useSyncExternalStore } from 'react'
import { blockLines } from './blocks.ts'
import type { Desk } from './driver.ts'
import { keyPressed, pasted } from './keyboard.ts'
import { Lines, type Look } from './lines.tsx'
import { type Frame, frameOf } from './live.ts'
import type { Block } from './store.ts'

export type AppProps = { readonly desk: Desk; readonly tape: string | undefined; readonly look: Look }

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
