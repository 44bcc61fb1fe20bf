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

  /** Every credential that was seen, by its value, with its name: one that was renewed is no word for everybody either. */
  readonly #names = new Map<string, string>()
  readonly #learn: (values: Readonly<Record<string, string>>) => void

  /** `learn` is told of every credential before it is given out. */
  constructor(path: string, learn: (values: Readonly<Record<string, string>>) => void = () => undefined) {
    this.path = path
    this.#learn = learn
  }

  async get(server: string): Promise<Saved> {
    const saved = (await this.#read())[server] ?? {}
    this.#tell(server, saved)
    return saved
  }

  /** Puts new values beside those that are there; undefined takes all away. */
  async set(server: string, saved: Saved | undefined): Promise<void> {
    this.#tell(server, saved ?? {})
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

  #tell(server: string, { client, tokens }: Saved): void {
    const { access_token, refresh_token, id_token } = tokens ?? {}
    const found = Object.entries({ access_token, refresh_token, id_token, client_secret: client?.client_secret })
    for (const [field, value] of found) {
      if (!value || this.#names.has(value)) continue
      const name = `${new URL(server).hostname}:${field}`
      const earlier = [...this.#names.values()].filter(other => other.startsWith(name)).length
      this.#names.set(value, earlier === 0 ? name : `${name}:${earlier + 1}`)
    }
    this.#learn(Object.fromEntries([...this.#names].map(([value, name]) => [name, value])))
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
