import { join } from 'node:path'
import type { CreateFile, DeleteFile, RenameFile, TextEdit, WorkspaceEdit } from 'vscode-languageserver-protocol/node'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { largestShown } from './documents.ts'
import { pathIn, shownPath } from './places.ts'
import type { Work } from './server.ts'
import { Overlapping, withEdits } from './text.ts'

/** A file that an edit is about: its bytes before and now, nothing where there is none; `was` is its path before. */
type File = { readonly before: Uint8Array | undefined; now: Uint8Array | undefined; count: number; was?: string }

/** Files that one edit may be about. */
const mostFiles = 1000

/**
 * What an edit would make of files, in the order in which it wants it done. Nothing is written before all of it is known.
 * Throws a ToolFailure for what cannot be done, or leads out of the working directory.
 */
export class Draft {
  readonly #at: Work
  readonly #inside: Workspace
  readonly #files = new Map<string, File>()
  /** Folders that are not wanted any more, where nothing is left in them. */
  readonly #folders: string[] = []

  private constructor(at: Work) {
    this.#at = at
    this.#inside = at.workspace.within([at.workspace.root])
  }

  /** The protocol has two ways to write edits, and the newer one is meant where both are there. */
  static async of({ changes = {}, documentChanges }: WorkspaceEdit, at: Work): Promise<Draft> {
    const draft = new Draft(at)
    if (!documentChanges) for (const [uri, edits] of Object.entries(changes)) await draft.#edit(uri, edits)
    for (const one of documentChanges ?? []) {
      if ('edits' in one) await draft.#edit(one.textDocument.uri, one.edits.map(plainEdit), one.textDocument.version)
      else if (one.kind === 'create') await draft.#create(one)
      else if (one.kind === 'rename') await draft.#rename(one)
      else await draft.#delete(one)
    }
    return draft
  }

  /** A line for each file that is another then. */
  lines(): string[] {
    const { root } = this.#at.workspace
    const moved = new Set(this.#changed().map(([, { was }]) => was))
    return this.#changed()
      .filter(([path, { now }]) => now !== undefined || !moved.has(path))
      .map(([path, { before, now, count, was }]) => {
        const edits = count > 0 ? `${count} change(s)` : ''
        const what = was !== undefined ? `was ${shownPath(was, root)}` : before ? '' : 'created'
        const said = now === undefined ? 'deleted' : [what, edits].filter(text => text !== '').join(', ')
        return `- ${shownPath(path, root)} (${said || 'replaced'})`
      })
  }

  /** All of the files or none: what was done is taken back where something cannot be. */
  async write(): Promise<void> {
    const inside = this.#inside
    const done: [string, Uint8Array | undefined][] = []
    const put = async (path: string, bytes: Uint8Array | undefined) =>
      bytes === undefined ? await inside.removeFile(path) : await inside.write(path, bytes)
    try {
      for (const [path, { before, now }] of this.#changed()) {
        await put(path, now)
        done.push([path, before])
      }
    } catch (error) {
      for (const [path, before] of done.reverse()) await put(path, before)
      if (!(error instanceof ToolFailure)) throw error
      throw new ToolFailure(`${error.message} Nothing was changed.`)
    }
    for (const folder of this.#folders.sort((a, b) => b.length - a.length)) await unlessFailing(inside, folder)
  }

  /** Files that are made come before those that are removed. */
  #changed(): [string, File][] {
    const all = [...this.#files].filter(
      ([, { before, now }]) => before !== now && !(before && now && isSame(before, now)),
    )
    return [...all.filter(([, { now }]) => now !== undefined), ...all.filter(([, { now }]) => now === undefined)]
  }

  async #edit(uri: string, edits: readonly TextEdit[], version?: number | null): Promise<void> {
    const path = this.#pathOf(uri)
    const isNew = !this.#files.has(path)
    const file = await this.#file(path)
    if (file.now === undefined) throw refused(`${path} is not there`)
    const text = textIn(path, file.now)
    const known = isNew ? this.#at.documents.at(path) : undefined
    if (known && (known.text !== text || (typeof version === 'number' && version !== known.version)))
      throw new ToolFailure(`${path} was changed meanwhile. Nothing was changed; try again.`)
    const after = edited(path, text, edits)
    if (after === text) return
    file.now = new TextEncoder().encode(after)
    file.count += edits.length
  }

  async #create({ uri, options = {} }: CreateFile): Promise<void> {
    const path = this.#pathOf(uri)
    if (await this.#mayMake(path, options)) (await this.#file(path)).now = new Uint8Array()
  }

  async #rename({ oldUri, newUri, options = {} }: RenameFile): Promise<void> {
    const [from, to] = [this.#pathOf(oldUri), this.#pathOf(newUri)]
    if (!(await this.#mayMake(to, options))) return
    for (const path of await this.#below(from)) {
      const old = await this.#file(path)
      const file = await this.#file(to + path.slice(from.length))
      Object.assign(file, { now: old.now, count: old.count, was: old.was ?? path })
      old.now = undefined
    }
  }

  async #delete({ uri, options = {} }: DeleteFile): Promise<void> {
    const path = this.#pathOf(uri)
    const entry = await this.#inside.stat(path)
    if (entry?.type === 'directory' && !options.recursive && (await this.#inside.list(path)).length > 0)
      throw refused(`${path} is a folder, and not empty`)
    if (!entry && (await this.#file(path)).now === undefined) {
      if (options.ignoreIfNotExists) return
      throw refused(`${path} is not there`)
    }
    for (const below of await this.#below(path)) (await this.#file(below)).now = undefined
  }

  /** False where it is there and shall stay as it is. */
  async #mayMake(path: string, options: { readonly overwrite?: boolean; readonly ignoreIfExists?: boolean }) {
    const isFolder = (await this.#inside.stat(path))?.type === 'directory'
    if (!isFolder && (await this.#file(path)).now === undefined) return true
    if (options.overwrite && !isFolder) return true
    if (options.ignoreIfExists) return false
    throw refused(`${path} is there already`)
  }

  /** The file itself, or all files in the folder, which is to go. */
  async #below(path: string): Promise<string[]> {
    const known = this.#files.get(path)
    if (known?.now !== undefined) return [path]
    const entry = known ? undefined : await this.#inside.stat(path)
    if (!entry) throw refused(`${path} is not there`)
    if (entry.type !== 'directory') return [path]
    this.#folders.push(path)
    const files: string[] = []
    for (const { name, type } of await this.#inside.list(path)) {
      if (type === 'link') throw refused(`${join(path, name)} is a link`)
      files.push(...(type === 'directory' ? await this.#below(join(path, name)) : [join(path, name)]))
      if (files.length > mostFiles) throw refused(`there are more than ${mostFiles} files in ${path}`)
    }
    return files
  }

  async #file(path: string): Promise<File> {
    const known = this.#files.get(path)
    if (known) return known
    if (this.#files.size >= mostFiles) throw refused(`it is about more than ${mostFiles} files`)
    const entry = await this.#inside.stat(path)
    if (entry && entry.size > largestShown) throw refused(`${path} is too large`)
    const before = entry && (await this.#inside.read(path))
    const file: File = { before, now: before, count: 0 }
    this.#files.set(path, file)
    return file
  }

  #pathOf(uri: string): string {
    const path = pathIn(uri)
    if (path !== undefined) return path.length > 1 ? path.replace(/\/+$/, '') : path
    throw new ToolFailure(`The language server wants to change ${uri}, which is no file. Nothing was changed.`)
  }
}

const refused = (why: string): ToolFailure =>
  new ToolFailure(`What the language server wants cannot be done: ${why}. Nothing was changed.`)

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0

/** A folder in which something is left stays. */
const unlessFailing = async (workspace: Workspace, folder: string): Promise<void> => {
  try {
    await workspace.removeDirectory(folder)
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
  }
}

const textIn = (path: string, bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new ToolFailure(`${path} is not text in UTF-8.`)
  }
}

const edited = (path: string, text: string, edits: readonly TextEdit[]): string => {
  try {
    return withEdits(text, edits)
  } catch (error) {
    if (!(error instanceof Overlapping)) throw error
    throw new ToolFailure(`The language server proposes changes of ${path} that overlap. Nothing was changed.`)
  }
}

const plainEdit = (edit: TextEdit | { readonly range: TextEdit['range']; readonly snippet: unknown }): TextEdit => {
  if ('newText' in edit) return edit
  throw new ToolFailure('The language server answers with a snippet, which is no text. Nothing was changed.')
}
