import { join } from 'node:path'
import { type Folder, openFolder, subfolder, visibleOrNothing } from '../../../tools/filesystem/folder.ts'
import { localWorkspace } from '../../workspace/local.ts'

/** Paths below a folder as git would have them, relative to it; folders end with `/`. Those near the top come first. */
export async function* filesBelow(root: string): AsyncGenerator<string> {
  const workspace = localWorkspace({ root, env: {} })
  let level: readonly Folder[] = [await openFolder(workspace, '.', { ignoreVcs: true })]
  while (level.length > 0) {
    const next: Folder[] = []
    for (const folder of level) {
      for (const { name, type } of await visibleOrNothing(workspace, folder)) {
        if (type === 'directory') next.push(await subfolder(workspace, folder, name))
        yield type === 'directory' ? `${join(folder.path, name)}/` : join(folder.path, name)
      }
    }
    level = next
  }
}
