import type { Screen } from '../team/screen.ts'

/** Loads the terminal interface when a conversation begins on a screen: Ink and React are nothing that a replay needs. */
export const openScreen: Screen = async stage => await (await import('../tui/screen.tsx')).screen(stage)
