import { Failure } from '../core/errors.ts'
import type { Message } from '../core/message.ts'
import type { Undone } from '../core/session.ts'
import { blobOf, keepBlob } from './blobs.ts'
import { type Database, inTransaction, type Row } from './database.ts'
import { type FileState, isLeft, isPlain, putFile, putFolder, putLink, removeAt, stateAt } from './file-state.ts'
import { numberIn, textIn } from './rows.ts'

export type UndoOptions = {
  /** How many turns that changed files; 1 where absent. */
  readonly turns?: number
  /** Takes back what was taken back last. */
  readonly redo?: boolean
  /** Also what somebody else has changed since. */
  readonly force?: boolean
}

type Work = UndoOptions & {
  readonly database: Database
  readonly id: string
  readonly agent: string
  readonly now: Date
}

/** A path over several turns: as it was before the first, and as the last left it. */
type Way = {
  readonly path: string
  readonly before: string
  readonly mode: number
  readonly after: string
  /** 0 where it is what it was. */
  readonly afterMode: number
}

/**
 * Puts files back as they were before the last turns that changed any; what it finds is kept, so that it can be taken back
 * in its turn. Throws a Failure, and changes nothing, where somebody else has changed one of them since.
 */
export const undoSteps = (work: Work): Undone => {
  const { database, id, redo = false } = work
  const steps = stepsOf(work)
  const ways = waysOf(database, steps)
  const found = new Map(ways.map(({ path }) => [path, stateAt(path)]))
  if (!work.force) refuseChanged(ways, found)
  return inTransaction(database, () => {
    const turns = steps.map(step => numberIn(step, 'turn'))
    const undo = redo ? undefined : newStep(work, Math.max(...turns))
    const done = restored({ ...work, undo }, ways, found)
    mark(database, steps, undo)
    tell(work, done, redo)
    return { session: id, turns: turns.length, files: done }
  })
}

/** The steps that are taken back, the last first; with `redo` the one that took back last. */
const stepsOf = ({ database, id, turns = 1, redo = false }: Work): readonly Row[] => {
  const steps = database
    .prepare(
      `select * from steps where session = ? and kind = ? and undone is null
        and exists (select 1 from files where step = steps.id) order by id desc limit ?`,
    )
    .all(id, redo ? 'undo' : 'turn', redo ? 1 : turns)
  if (steps.length > 0) return steps
  throw new Failure(
    'session',
    redo ? 'Nothing was taken back.' : 'No turn of this session changed a file in its working directory.',
    {
      hint: 'docs/sessions.md says what is not seen: what git ignores, for one, and what programs do in the background.',
    },
  )
}

const waysOf = (database: Database, steps: readonly Row[]): Way[] => {
  const ways = new Map<string, Way>()
  for (const step of steps) {
    for (const row of database.prepare('select * from files where step = ?').all(numberIn(step, 'id'))) {
      const path = textIn(row, 'path')
      // The later step came first: what it left counts, and what the earlier one found.
      const { after, afterMode } = ways.get(path) ?? {
        after: textIn(row, 'after'),
        afterMode: numberIn(row, 'after_mode'),
      }
      ways.set(path, { path, before: textIn(row, 'before'), mode: numberIn(row, 'before_mode'), after, afterMode })
    }
  }
  return [...ways.values()]
}

const refuseChanged = (ways: readonly Way[], found: ReadonlyMap<string, FileState>): void => {
  const changed = ways.filter(({ path, before, after }) => {
    const now = found.get(path)
    return !isPlain(path) || (now?.state !== before && !(now && isLeft(path, now, after)))
  })
  if (changed.length === 0) return
  throw new Failure('session', `Changed since by somebody else: ${changed.map(({ path }) => path).join(', ')}.`, {
    hint: 'Nothing was taken back. With --force it is all the same; what is there now can be brought back with --redo.',
  })
}

type Restoring = Work & { readonly undo: number | undefined }

/**
 * Folders are made before what is in them, and removed after it; what is in the way of something else goes first. What was
 * put back is told first.
 */
const restored = (work: Restoring, ways: readonly Way[], found: ReadonlyMap<string, FileState>): Undone['files'] => {
  const back = ways.filter(({ before }) => before !== '').sort((a, b) => a.path.length - b.path.length)
  const gone = ways.filter(({ before }) => before === '').sort((a, b) => b.path.length - a.path.length)
  const done = new Map([...gone, ...back].map(way => [way, restoredAt(work, way, found.get(way.path))]))
  return [...back, ...gone].flatMap(way => {
    const what = done.get(way)
    return what ? [{ path: way.path, what }] : []
  })
}

/** Nothing where there was nothing to do. */
const restoredAt = (work: Restoring, way: Way, now: FileState | undefined): What | undefined => {
  if (!now || isAsBefore(way, now)) return undefined
  if (!isPlain(way.path)) return 'left'
  const what = restore(work, way, now)
  if (work.undo !== undefined && what !== 'left') keepFound(work, work.undo, way, now)
  return what
}

/** A mode that somebody else has changed since is his. */
const isAsBefore = ({ before, mode, afterMode }: Way, now: FileState): boolean =>
  now.state === before && !(now.bytes && afterMode === now.mode && mode !== now.mode)

type What = Undone['files'][number]['what']

const restore = ({ database }: Restoring, { path, before, mode }: Way, now: FileState): What => {
  if (before === '') return removeAt(path, now) ? 'removed' : 'left'
  if (now.state === 'folder' && !removeAt(path, now)) return 'left'
  const makes = before === 'folder' ? putFolder : before.startsWith('link:') ? putLink : undefined
  if (makes) {
    if (now.state !== '') removeAt(path, now)
    makes(path, before.slice('link:'.length))
    return 'restored'
  }
  const bytes = blobOf(database, before)
  if (!bytes) return 'lost'
  putFile(path, bytes, mode)
  return 'restored'
}

const newStep = ({ database, id, now }: Work, turn: number): number =>
  Number(
    database
      .prepare("insert into steps (session, kind, turn, at) values (?, 'undo', ?, ?)")
      .run(id, turn, now.getTime()).lastInsertRowid,
  )

const keepFound = ({ database, id }: Restoring, undo: number, { path, before, mode }: Way, now: FileState): void => {
  if (now.bytes) keepBlob(database, id, now.bytes)
  database
    .prepare('insert into files (step, path, before, before_mode, after, after_mode) values (?, ?, ?, ?, ?, ?)')
    .run(undo, path, now.state, now.mode, before, mode)
}

/** A step that was taken back knows by which; when that is taken back in its turn, it stands again. */
const mark = (database: Database, steps: readonly Row[], undo: number | undefined): void => {
  for (const step of steps) {
    const id = numberIn(step, 'id')
    if (undo !== undefined) database.prepare('update steps set undone = ? where id = ?').run(undo, id)
    else {
      database.prepare('update steps set undone = null where undone = ?').run(id)
      database.prepare('delete from steps where id = ?').run(id)
    }
  }
}

/** The model is told when the session goes on: it would take its changes for done. */
const tell = ({ database, id, agent, now }: Work, files: Undone['files'], redo: boolean): void => {
  const paths = files.filter(({ what }) => what !== 'left' && what !== 'lost').map(({ path }) => path)
  if (paths.length === 0) return
  const text = redo
    ? `(The user has brought back the changes that had been taken back: ${paths.join(', ')}.)`
    : `(The user has taken back your last changes to files. They are as they were before: ${paths.join(', ')}.)`
  const message: Message = { role: 'user', content: [{ type: 'text', text }] }
  database
    .prepare(
      "insert into events (session, turn, path, agent, type, at, data) values (?, (select turns from sessions where id = ?), '', ?, 'message', ?, ?)",
    )
    .run(id, id, agent, now.getTime(), JSON.stringify({ message }))
}
