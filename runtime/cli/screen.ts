import type { Screen } from '../team/screen.ts'
import type { Columns, Theater } from '../team/theater.ts'

/** Loads the terminal interface when a conversation begins on a screen: Ink and React are nothing that a replay needs. */
export const openScreen: Screen = async stage => await (await import('../tui/screen.tsx')).screen(stage)

/** And the player, when somebody wants to look at a recording. */
export const openTheater: Theater = async booth => await (await import('../tui/play/theater.tsx')).theater(booth)

/** And two recordings side by side. */
export const openColumns: Columns = async pairing => await (await import('../tui/columns/columns.tsx')).columns(pairing)
