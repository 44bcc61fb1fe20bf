import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { World } from '../../loop/run.ts'
import type { ShadowOptions } from '../../workspace/shadow/shadow.ts'
import type { Hiding } from '../../workspace/shadow/walk.ts'
import type { OpenOptions } from '../open.ts'

export type Watch = AsyncDisposable & { readonly watched: NonNullable<World['watched']> }

type Watching = Pick<OpenOptions, 'cassettesFrom' | 'workingDirectory' | 'now' | 'notice' | 'record' | 'ownFiles'> & {
  /** The file with the sessions; copies of files stand beside it for as long as the conversation goes on. */
  readonly database: string
}

type Listener = Pick<ShadowOptions, 'onKnown' | 'onChanged'>

/** Looks at the working directory before and after commands. Nothing is loaded or copied before there is one. */
export const watching = (options: Watching, listener: Listener): Watch => {
  let watch: ReturnType<typeof shadowOf> | undefined
  return {
    async watched(work) {
      watch ??= shadowOf(options, listener)
      const shadow = await watch
      return await shadow.around(work)
    },
    async [Symbol.asyncDispose]() {
      const shadow = await watch
      await shadow?.[Symbol.asyncDispose]()
    },
  }
}

const shadowOf = async (options: Watching, listener: Listener) => {
  const { database, workingDirectory, notice, now } = options
  const { Shadow } = await import('../../workspace/shadow/shadow.ts')
  const root = realpathSync(workingDirectory)
  removeLeftOver(options)
  return new Shadow({
    root,
    copies: `${database}${copies}${process.pid}-`,
    hiding: () => hidingIn(root),
    isOurs: isOursIn(options),
    ...listener,
    notice,
    now: () => now().getTime(),
  })
}

/** Between the name of the database and the process that keeps the copies. */
const copies = '.files-'

/** What processes left that were killed. */
const removeLeftOver = ({ database }: Watching): void => {
  const folder = dirname(database)
  const beginning = `${database.slice(folder.length + 1)}${copies}`
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (!name.startsWith(beginning)) continue
    const pid = Number.parseInt(name.slice(beginning.length), 10)
    if (!isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** What our own tools write stands beside until it is whole. */
const halfWritten = /\.reprise-\d+(-\d+)?\.tmp$/

/** Databases and recordings have others beside them, whose names begin alike. */
const isOursIn = ({ database, record, cassettesFrom, ownFiles = [] }: Watching): ((path: string) => boolean) => {
  const own = [database, ...ownFiles, ...(record === undefined ? [] : [record.replace(/(\.yaml)?$/, '.yaml')])]
  const places = own.map(path => resolve(cassettesFrom, path)).flatMap(path => [path, real(path)])
  return path => halfWritten.test(path) || places.some(place => path.startsWith(place))
}

const real = (path: string): string =>
  existsSync(dirname(path)) ? join(realpathSync(dirname(path)), path.slice(dirname(path).length)) : path

/** What git ignores is left out. */
const hidingIn = async (root: string): Promise<Hiding> => {
  const [{ ignoreRulesAt, isIgnored, rulesBelow }, { localWorkspace }] = await Promise.all([
    import('../../../tools/filesystem/ignored.ts'),
    import('../../workspace/local.ts'),
  ])
  const workspace = localWorkspace({ root, env: {} })
  const hiding = (rules: Parameters<typeof isIgnored>[0]): Hiding => ({
    hides: (path, isFolder) => isIgnored(rules, path, isFolder),
    below: async folder => hiding(await rulesBelow(workspace, rules, folder)),
  })
  return hiding((await ignoreRulesAt(workspace, root)) ?? [])
}
