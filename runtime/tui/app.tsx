import { Static, useApp, useCursor, useWindowSize } from 'ink'
import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import type { Resizing } from './resizing.ts'
import type { Desk } from './state/desk.ts'
import type { Block } from './state/state.ts'
import { blockLines } from './view/blocks.ts'
import { Lines, Rows } from './view/lines.tsx'
import { type Frame, frameOf } from './view/live.ts'
import type { Look } from './view/look.ts'

export type AppProps = { readonly desk: Desk; readonly resizing: Resizing }

/** What is over goes to the scrollback, once; below it, in place, what still changes. */
export const App = ({ desk: { store, looks, tty }, resizing }: AppProps): ReactNode => {
  const state = useSyncExternalStore(store.subscribe, store.seen)
  const look = useSyncExternalStore(looks.subscribe, looks.look)
  const isResizing = useSyncExternalStore(resizing.subscribe, resizing.isOn)
  const size = useWindowSize()
  const { suspendTerminal } = useApp()
  useEffect(() => tty.lends(suspendTerminal), [tty, suspendTerminal])
  const width = Math.max(12, size.columns - 1)
  const frame = state.isOver || isResizing ? undefined : frameOf(state, size, look)
  resizing.draws(frame)
  return (
    <>
      <Static key={state.page} items={state.blocks as Block[]}>
        {(block, index) => <Lines key={index} look={look} lines={blockLines(block, width, look)} />}
      </Static>
      {frame && <Live look={look} frame={frame} />}
    </>
  )
}

const Live = ({ frame, look }: { readonly frame: Frame; readonly look: Look }): ReactNode => {
  const { setCursorPosition } = useCursor()
  setCursorPosition(frame.cursor)
  return <Rows look={look} lines={frame.lines} />
}
