import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'

/** What a login left behind: who we are for the server's issuer, and what opens the server. */
export type Saved = { readonly client?: OAuthClientInformationMixed; readonly tokens?: OAuthTokens }

type File = { readonly [server: string]: Saved }

/** Tokens of servers by their addresses, in a file that only its owner may read. */
export class TokenStore {
  readonly path: string
  #last: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.path = path
  }

  async get(server: string): Promise<Saved> {
    return (await this.#read())[server] ?? {}
  }

  /** Puts new values beside those that are there; undefined takes all away. */
  async set(server: string, saved: Saved | undefined): Promise<void> {
    const { [server]: before, ...others } = await this.#read()
    const file: File = saved ? { ...others, [server]: { ...before, ...saved } } : others
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
    const beside = `${this.path}.${process.pid}.tmp`
    await rm(beside, { force: true })
    await writeFile(beside, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    await rename(beside, this.path)
  }

  /** One after the other: a refresh token can be used once. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.#last.then(work, work)
    this.#last = next.catch(() => undefined)
    return next
  }

  async #read(): Promise<File> {
    try {
      return JSON.parse(await readFile(this.path, 'utf8')) as File
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
      throw new Error(`${this.path} cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }
}
