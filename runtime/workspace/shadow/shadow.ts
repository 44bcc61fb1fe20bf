import { fstatSync, readFileSync } from 'node:fs'
import type { Changed, Trace } from '../../core/workspace.ts'
import { Copies, isSameFile, largestCopy } from './copies.ts'
import { type Hiding, type Seen, seenAt, walk } from './walk.ts'

export type ShadowOptions = {
  /** The real path of the folder that is looked after. */
  readonly root: string
  /** How the path of the folder for copies begins, which is made with the first, and gone with the shadow. */
  readonly copies: string
  /** What is not looked at, as of now. */
  readonly hiding: () => Promise<Hiding>
  /** Files that we write ourselves meanwhile. */
  readonly isOurs: (path: string) => boolean
  /** Told when it is known what is there: before work begins, and after what it changed was told. */
  readonly onKnown: () => void
  /** Told of what was changed while watched work went on, by that or by anybody else. */
  readonly onChanged: (changes: readonly Changed[]) => void
  /** A sentence for a person: why something cannot be looked after. */
  readonly notice: (text: string) => void
  readonly now: () => number
}

/** Files and folders that are looked at; in larger ones nothing is. */
const mostFiles = 20_000

/** Something that is there, with a copy of it if it is a file that has one. */
type Known = Seen & { readonly copy?: string }

/**
 * Knows what was in a folder before commands changed it. The first command waits until all files are copied; later ones
 * for those that have changed since. Nothing is done before there is a command.
 */
export class Shadow implements AsyncDisposable {
  readonly #options: ShadowOptions
  readonly #hiding = new Map<string, Hiding>()
  #known = new Map<string, Known>()
  #copies: Copies | undefined
  #running = 0
  #isOff = false
  #told = false
  /** Looks are taken one after the other. */
  #last: Promise<void> = Promise.resolve()

  constructor(options: ShadowOptions) {
    this.#options = options
  }

  /** Does the work. Where several go on at once, what one has changed counts as changed by any of them. */
  async around<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#look(async () => {
      if (this.#running > 0) await this.#compare()
      this.#running += 1
      await this.#copy()
    })
    try {
      return await work()
    } finally {
      await this.#look(() => this.#compare())
      this.#running -= 1
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last
    this.#copies?.[Symbol.dispose]()
  }

  /** What goes wrong with looking is no reason for a command not to run. */
  #look(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      if (this.#isOff) return
      try {
        await work()
      } catch (error) {
        this.#off(error instanceof Error ? error.message : String(error))
      }
    })
    return this.#last
  }

  #off(why: string): void {
    this.#isOff = true
    this.#options.notice(`What commands do to files cannot be taken back here: ${why}.`)
  }

  async #walk(): Promise<Map<string, Seen> | undefined> {
    const { root, now, isOurs } = this.#options
    const found = await walk({ root, hiding: this.#hiding, most: mostFiles, now })
    if (!found) this.#off(`there are more than ${mostFiles} files and folders in ${root}`)
    const own = [1, 2].map(outputId)
    for (const [path, { id }] of found ?? []) if (own.includes(id) || isOurs(path)) found?.delete(path)
    return found
  }

  /** Everything as it is now, the smallest files first, since there may not be room for all. */
  async #copy(): Promise<void> {
    this.#hiding.clear()
    this.#hiding.set(this.#options.root, await this.#options.hiding())
    const found = await this.#walk()
    if (!found) return
    this.#copies ??= new Copies(this.#options.copies)
    const before = this.#known
    this.#known = new Map()
    for (const [path, { copy, stamp, fresh }] of before) {
      const seen = found.get(path)
      if (copy && seen?.stamp === stamp && !fresh) this.#known.set(path, { ...seen, copy })
      else if (copy) this.#copies.drop(copy)
    }
    const wanted = [...found].filter(([path]) => !this.#known.has(path)).sort(([, a], [, b]) => a.size - b.size)
    for (const [path, seen] of wanted) this.#known.set(path, this.#copied(path, seen, this.#copies))
    this.#tellLeftOut()
    this.#options.onKnown()
  }

  #copied(path: string, seen: Seen, copies: Copies): Known {
    const copy = seen.type === 'file' ? copies.make(path, seen.size) : undefined
    return copy ? { ...seen, copy } : seen
  }

  #tellLeftOut(): void {
    const without = [...this.#known.values()].filter(
      ({ type, copy, size }) => type === 'file' && !copy && size <= largestCopy,
    )
    if (without.length === 0 || this.#told) return
    this.#told = true
    this.#options.notice(
      `The files in ${this.#options.root} are too many to keep all of them: what commands do to the ${without.length} largest cannot be taken back.`,
    )
  }

  /** What has changed since it was looked at last. */
  async #compare(): Promise<void> {
    const found = await this.#walk()
    if (!found) return
    const paths = new Set([...this.#known.keys(), ...found.keys()])
    const changes = [...paths].flatMap(path => {
      const before = this.#known.get(path)
      return isSame(path, before, found.get(path)) ? [] : [{ path, before: traceOf(before) }]
    })
    if (changes.length > 0) this.#options.onChanged(changes)
    for (const { path } of changes) this.#replace(path)
    this.#options.onKnown()
  }

  #replace(path: string): void {
    const { copy } = this.#known.get(path) ?? {}
    if (copy) this.#copies?.drop(copy)
    const seen = seenAt(path, this.#options.now())
    if (seen) this.#known.set(path, seen)
    else this.#known.delete(path)
  }
}

/** Where we write to, if that is a file. */
const outputId = (descriptor: number): string => {
  try {
    const { dev, ino } = fstatSync(descriptor)
    return `${dev}:${ino}`
  } catch {
    return ''
  }
}

const isSame = (path: string, before: Known | undefined, after: Seen | undefined): boolean => {
  if (!before || !after || before.type !== after.type) return before === after
  if (before.stamp === after.stamp && !(before.fresh && before.type === 'file')) return true
  if (before.copy === undefined) return before.stamp === after.stamp
  return before.mode === after.mode && before.size === after.size && isSameFile(path, before.copy)
}

const traceOf = (known: Known | undefined): Trace => {
  if (!known) return { type: 'nothing' }
  const { type, mode, stamp, copy } = known
  if (type === 'folder') return { type, mode }
  if (type === 'link') return { type, target: stamp }
  if (type === 'other') return { type }
  return { type, mode, ...(copy !== undefined && { content: () => readFileSync(copy) }) }
}
