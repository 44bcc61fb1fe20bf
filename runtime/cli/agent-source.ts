import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { visible } from '../cassette/view/layout.ts'
import { isUrl } from '../core/address.ts'
import { Failure } from '../core/errors.ts'
import { settingsFolder } from '../team/folders.ts'
import type { OpenOptions } from '../team/open.ts'
import { readNamed } from './files.ts'
import type { RunOptions } from './run-options.ts'
import { homeIn, type Terminal } from './terminal.ts'

/**
 * An agent file that lies nowhere in this file system: `-` is standard input, and there are those at URLs. Throws a
 * Failure('usage') for what is neither.
 */
export const agentSource = async (
  path: string,
  options: RunOptions,
  terminal: Terminal,
): Promise<OpenOptions['source']> => {
  if (path === '-') return { path: '-', text: String(await buffer(terminal.stdin)) }
  if (isUrl(path)) return { path: path.replace(pinned, ''), text: await agentFileAt(path, options, terminal) }
  const folder = terminal.workingDirectory
  return { path, text: readNamed('The agent file', path, folder, hintFor(path, folder)).toString('utf8') }
}

/** Where the file that was meant may lie: with its ending, or among others of its kind. */
const hintFor = (path: string, folder: string): string => {
  const names = [`${path}.yaml`, `agents/${path}`, `agents/${path}.yaml`, `agents/${basename(path)}`]
  const meant = names.find(name => existsSync(join(folder, name)))
  return meant ? `Did you mean ${meant}?` : 'To write one: reprise new.'
}

/** Bytes of an agent file that somebody else keeps: more than that is none. */
const mostBytes = 1_000_000

/**
 * An agent from the net. It can be told to do anything that its tools can, so it is taken only as the user knows it: by the
 * digest that stands behind `#sha256=`, or as he has allowed it before. A replay does nothing, and asks nothing.
 */
export const agentFileAt = async (address: string, options: RunOptions, terminal: Terminal): Promise<string> => {
  const [url = '', pin] = address.split('#sha256=')
  checkAddress(url)
  const text = await fetched(url, terminal)
  const digest = createHash('sha256').update(text).digest('hex')
  if (pin !== undefined && pin.toLowerCase() !== digest) {
    throw new Failure('usage', `${url} has changed: its digest is ${digest}, not ${pin}.`, {
      hint: 'Check what has changed before you write down the new digest.',
    })
  }
  const harmless = options.fake !== undefined && options.fakeTools !== 'live'
  if (pin === undefined && !harmless) await allow({ url, digest, text }, terminal)
  return text
}

/** What stands behind an address to say what is to be found there. */
const pinned = /#sha256=.*$/

const checkAddress = (url: string): void => {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' }
  if (protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return
  throw new Failure('usage', `${url} is not an address that an agent can be loaded from.`, {
    hint: 'Somebody in between could change it: use https.',
  })
}

const fetched = async (url: string, { fetch }: Terminal): Promise<string> => {
  const response = await fetch(url).catch((error: unknown) => {
    throw new Failure('usage', `${url} cannot be reached.`, { cause: error, hint: 'Download it, and name the file.' })
  })
  if (!response.ok) throw new Failure('usage', `${url} cannot be fetched: the server answered ${response.status}.`)
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body ?? []) {
    size += piece.length
    if (size > mostBytes) throw new Failure('usage', `${url} is not an agent file: it is larger than a megabyte.`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

type Stranger = { readonly url: string; readonly digest: string; readonly text: string }

/** Asks before the first run, and whenever it has changed since. */
const allow = async ({ url, digest, text }: Stranger, terminal: Terminal): Promise<void> => {
  const { stdin, stdout, stderr, env } = terminal
  const file = join(settingsFolder(env, homeIn(env)), 'allowed-agents.json')
  const allowed = allowedIn(file)
  if (allowed[url] === digest) return
  const before = allowed[url] === undefined ? 'You have not run this agent before.' : 'This agent has changed since.'
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new Failure('usage', `${url}: ${before} Nobody is there to allow it.`, {
      hint: `Read it, then run it as ${url}#sha256=${digest}`,
    })
  }
  const { createInterface } = await import('node:readline/promises')
  const reader = createInterface({ input: stdin, output: stderr })
  const shown = text
    .trimEnd()
    .split('\n')
    .map(line => `  ${visible(line)}\n`)
  stderr.write(`${shown.join('')}\n${before} (${url})\n`)
  const answer = await reader.question('Run it? It can do what its tools can. [y/N] ')
  reader.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('usage', `${url} was not allowed to run.`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ ...allowed, [url]: digest }, null, 2), { mode: 0o600 })
}

/** What was allowed before, by URL; nothing where somebody has damaged the file. */
const allowedIn = (file: string): Readonly<Record<string, string>> => {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  } catch {
    return {}
  }
}
