import type { Workspace } from '../../runtime/core/workspace.ts'

const writing = new WeakMap<Workspace, Promise<unknown>>()

/** Calls of one reply run side by side, and two edits of one file must not overwrite each other: one write at a time. */
export const inTurn = (workspace: Workspace, work: () => Promise<string>): Promise<string> => {
  const turn = (writing.get(workspace) ?? Promise.resolve()).then(work, work)
  writing.set(workspace, turn)
  return turn
}
